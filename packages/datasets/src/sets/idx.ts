// The IDX format of MNIST and its kin: a big-endian header (two zero bytes, element type, number of axes, one length
// per axis), then the elements. Bytes only, the one element type that these sets use.

import { type ShapedArray, checkArgument } from '@scatterlab/tensor'
import { aName, bytesOfFile } from '../rules.ts'
import { DatasetError } from '../errors.ts'

const UNSIGNED_BYTE = 0x08
const MAX_AXES = 8

/** What the header of an IDX file says: the shape, its own length, and that of the whole file. */
interface IdxHeader {
  readonly shape: readonly number[]
  readonly header: number
  readonly bytes: number
}

/**
 * The array in the (decompressed) IDX file `bytes`; `file` is its name in errors. Throws DatasetError: EMPTY, FORMAT if
 * it is no IDX file of bytes, TRUNCATED or CORRUPT if it holds fewer or more elements than its header says.
 * Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database, "File formats".
 */
export function parseIdx(bytes: Uint8Array, file = 'IDX file'): ShapedArray<Uint8Array> {
  checkArgument('parseIdx: bytes', bytes, bytesOfFile)
  checkArgument('parseIdx: file', file, aName)
  const { shape, header, bytes: expected } = idxHeader(bytes, file)
  if (bytes.length < expected) throw truncated(file, bytes.length, expected)
  if (bytes.length > expected) {
    const excess = bytes.length - expected
    throw new DatasetError('CORRUPT', `${file} is ${excess} bytes longer than its header says: get it again`, { file })
  }
  return { data: bytes.subarray(header), shape }
}

/** The header at the start of an IDX file; throws what {@link parseIdx} throws of it. */
export function idxHeader(bytes: Uint8Array, file: string): IdxHeader {
  if (bytes.length === 0) throw new DatasetError('EMPTY', `${file} is empty: get it again`, { file })
  const [zero, zeroToo, type, axes] = bytes
  const isIdx = bytes.length >= 4 && zero === 0 && zeroToo === 0 && type >= 8 && type <= 14 && axes <= MAX_AXES
  if (!isIdx) {
    const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    throw new DatasetError('FORMAT', `${file} is not an IDX file (it starts with ${start}): give the original file`, {
      file,
    })
  }
  if (type !== UNSIGNED_BYTE) {
    throw new DatasetError('FORMAT', `${file} holds elements of type ${type}: only bytes (type 8) are read`, { file })
  }
  const header = 4 + 4 * axes
  if (bytes.length < header) throw truncated(file, bytes.length, header)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis))
  return { shape, header, bytes: header + shape.reduce((product, length) => product * length, 1) }
}

const truncated = (file: string, length: number, expected: number): DatasetError =>
  new DatasetError('TRUNCATED', `${file} ends after ${length} of ${expected} bytes: it was cut short, get it again`, {
    file,
  })
