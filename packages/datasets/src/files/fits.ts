// Maps of the sky in FITS files: the first array of a file, of floating-point numbers. Other kinds of numbers, and further arrays, are not read.

import { type ShapedArray, checkArgument, sizeOf } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'
import { aName, bytesOfFile } from '../rules.ts'

/** Bytes of a block; a header and an array fill whole ones. */
const BLOCK = 2880
/** Characters of a line of a header. */
const CARD = 80
/** The most numbers of an array. */
const MOST_NUMBERS = 2 ** 28

/**
 * The first array of a FITS file, of floats of 32 or 64 bits (BITPIX −32, −64), rows first: [NAXIS2, NAXIS1] for a map. What a file marks as blank
 * is NaN. `file` is its name in errors. Throws DatasetError: FORMAT for another file, or one whose first array is of another kind or
 * empty; TRUNCATED if it ends too early. Source: FITS Standard 4.0 (2018), sections 3.3, 4 and 5.3.
 */
export function parseFits(bytes: Uint8Array, file = 'FITS file'): ShapedArray<Float64Array | Float32Array> {
  checkArgument('parseFits: bytes', bytes, bytesOfFile)
  checkArgument('parseFits: file', file, aName)
  const fault = (code: 'FORMAT' | 'TRUNCATED', what: string): DatasetError =>
    new DatasetError(code, `${file} ${what}`, { file })
  const cutShort = 'ends too early: it was cut short, get it again'
  const text = new TextDecoder('latin1')
  const card = (i: number): string => text.decode(bytes.subarray(i * CARD, (i + 1) * CARD))
  const first = card(0)
  if (!/^SIMPLE {2}= +T\b/.test(first)) {
    if (bytes.length > 0 && 'SIMPLE  ='.startsWith(first.slice(0, 9))) throw fault('TRUNCATED', cutShort)
    throw fault('FORMAT', 'is not a FITS file: it lacks SIMPLE = T at its start; unpack it first if it is compressed')
  }

  const values = new Map<string, number>()
  let cards = 1
  for (; !/^END *$/.test(card(cards)); cards++) {
    if ((cards + 1) * CARD > bytes.length) throw fault('TRUNCATED', cutShort)
    // a value ends at a slash, after which comes a comment
    const found = /^([A-Z0-9_-]+) *= +([^'/ ]+)/.exec(card(cards))
    if (found) values.set(found[1], Number(found[2].replace('D', 'E')))
  }

  const kind = values.get('BITPIX')
  if (kind !== -32 && kind !== -64)
    throw fault('FORMAT', `holds numbers of kind BITPIX = ${kind}: convert it to floats, BITPIX = -32 or -64`)
  const axes = Array.from({ length: values.get('NAXIS') ?? 0 }, (_, i) => values.get(`NAXIS${i + 1}`) ?? NaN)
  const shape = axes.toReversed()
  const count = sizeOf(shape)
  if (shape.length === 0 || !shape.every((n) => Number.isInteger(n) && n > 0) || count > MOST_NUMBERS)
    throw fault(
      'FORMAT',
      `has no first array, or a wrong one (axes ${axes.join(', ')}): give a file whose map is first`,
    )
  const [scale, zero] = [values.get('BSCALE') ?? 1, values.get('BZERO') ?? 0]
  const start = Math.ceil(((cards + 1) * CARD) / BLOCK) * BLOCK
  const size = -kind / 8
  if (start + count * size > bytes.length) throw fault('TRUNCATED', cutShort)
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * size)
  const data = kind === -32 ? new Float32Array(count) : new Float64Array(count)
  for (let i = 0; i < count; i++)
    data[i] = zero + scale * (kind === -32 ? view.getFloat32(i * size) : view.getFloat64(i * size))
  return { data, shape }
}
