// The IDX format of MNIST and its kin: a big-endian header (two zero bytes, element type, number of axes, one length
// per axis), then the elements. Bytes only, the one element type that these sets use.

import { type ShapedArray, checkArgument, wholeNumber } from '@scatterlab/tensor'
import { aName, bytesOfFile } from '../rules.ts'
import { DatasetError } from '../errors.ts'

const UNSIGNED_BYTE = 0x08
const MAX_AXES = 8

/** What the header of an IDX file says. */
export interface IdxHeader {
  /** The length of each axis; the first one counts items. */
  readonly shape: readonly number[]
  /** Bytes of the header: there the elements begin, one byte each. */
  readonly header: number
  /** Bytes of the whole file. */
  readonly bytes: number
}

/** No header is longer. */
export const IDX_HEADER_BYTES: number = 4 + 4 * MAX_AXES

/**
 * The array in the (decompressed) IDX file `bytes`; `file` is its name in errors. Throws DatasetError: EMPTY, FORMAT if
 * it is no IDX file of bytes, TRUNCATED or CORRUPT if it holds fewer or more elements than its header says.
 * Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database, "File formats".
 */
export function parseIdx(bytes: Uint8Array, file = 'IDX file'): ShapedArray<Uint8Array> {
  checkArgument('parseIdx: bytes', bytes, bytesOfFile)
  checkArgument('parseIdx: file', file, aName)
  const { shape, header } = headerOf(bytes, file, bytes.length)
  return { data: bytes.subarray(header), shape }
}

/**
 * The header of an IDX file by its first {@link IDX_HEADER_BYTES}, or more of it; so that a large file can be read in parts. `length` is that of
 * the whole file, which is checked if it is given. Throws what {@link parseIdx} throws.
 */
export function idxHeader(bytes: Uint8Array, file = 'IDX file', length?: number): IdxHeader {
  checkArgument('idxHeader: bytes', bytes, bytesOfFile)
  checkArgument('idxHeader: file', file, aName)
  if (length !== undefined) checkArgument('idxHeader: length', length, wholeNumber(0))
  return headerOf(bytes, file, length)
}

function headerOf(bytes: Uint8Array, file: string, length?: number): IdxHeader {
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
  const expected = header + shape.reduce((product, axis) => product * axis, 1)
  if (length !== undefined && length < expected) throw truncated(file, length, expected)
  if (length !== undefined && length > expected) {
    const excess = length - expected
    throw new DatasetError('CORRUPT', `${file} is ${excess} bytes longer than its header says: get it again`, { file })
  }
  return { shape, header, bytes: expected }
}

const truncated = (file: string, length: number, expected: number): DatasetError =>
  new DatasetError('TRUNCATED', `${file} ends after ${length} of ${expected} bytes: it was cut short, get it again`, {
    file,
  })
