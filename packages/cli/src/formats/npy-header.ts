// The header of NumPy's .npy files, versions 1 to 3: "\x93NUMPY", version, length, a Python dictionary of descr, fortran_order and shape.
// Source: numpy/lib/format.py.
import { FormatError } from './format-error.ts'
import { elementsOf, type ElementType } from './npy-elements.ts'

/** What a header says. */
export interface NpyHeader {
  readonly elements: ElementType
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
  /** Bytes before the numbers. */
  readonly start: number
}

/** Bytes to read before the length of a header is known. */
export const PREAMBLE = 12
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const LONGEST_HEADER = 65_536

/** Where the numbers begin, by the first twelve bytes. Throws NOT_AN_ARRAY for another kind of file. */
export function headerEnd(bytes: Uint8Array, file: string): number {
  if (bytes.length === 0) throw new FormatError('NOT_AN_ARRAY', file, 'the file is empty: write it anew')
  if (bytes[0] === 0x80 && bytes[1] < 6) {
    throw new FormatError('OBJECTS', file, 'a Python pickle, which is not opened: save the array with numpy.save')
  }
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new FormatError('NOT_AN_ARRAY', file, 'no .npy file: save the array with numpy.save')
  }
  if (bytes.length < PREAMBLE)
    throw new FormatError('TRUNCATED', file, `cut short after ${bytes.length} bytes: copy it again`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = bytes[6]
  if (version < 1 || version > 3)
    throw new FormatError('NOT_AN_ARRAY', file, `.npy version ${version}: 1 to 3 are read`)
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > LONGEST_HEADER)
    throw new FormatError('CORRUPT', file, `a header of ${length} bytes: more than ${LONGEST_HEADER}`)
  const end = (version === 1 ? 10 : 12) + length
  if (end < PREAMBLE) throw new FormatError('CORRUPT', file, `a header of ${length} bytes: copy it again`)
  return end
}

/** Reads the header; `bytes` holds at least as many as {@link headerEnd} says. */
export function parseHeader(bytes: Uint8Array, file: string): NpyHeader {
  const start = headerEnd(bytes, file)
  if (bytes.length < start)
    throw new FormatError('TRUNCATED', file, `cut short in the header, after ${bytes.length} bytes: copy it again`)
  const text = new TextDecoder('latin1').decode(bytes.subarray(bytes[6] === 1 ? 10 : 12, start))
  const descr = /['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|(\[))/.exec(text)
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)
  const lengths = /['"]shape['"]\s*:\s*\(([^)]*)\)/.exec(text)
  if (descr === null || order === null || lengths === null)
    throw new FormatError('CORRUPT', file, `an unreadable header: ${text.trim().slice(0, 200)}`)
  if (descr[2] !== undefined)
    throw new FormatError('ELEMENTS', file, 'records of several fields: save one field alone, such as a["x"]')
  const shape = lengths[1].split(',').flatMap((length) => (length.trim() === '' ? [] : [lengthOf(length, file)]))
  if (!Number.isSafeInteger(shape.reduce((product, length) => product * Math.max(1, length), 8)))
    throw new FormatError('CORRUPT', file, `a shape of (${shape.join(', ')}), beyond any memory`)
  return { elements: elementsOf(descr[1], file), fortranOrder: order[1] === 'True', shape, start }
}

function lengthOf(text: string, file: string): number {
  const digits = /^\s*(\d+)L?\s*$/.exec(text)
  if (digits === null) throw new FormatError('CORRUPT', file, `a length of '${text.trim()}' in its shape`)
  return Number(digits[1])
}

// NumPy leaves as much room, so that the first axis of a written file can grow; the header then keeps its length
const ROOM = 21

/** A header of version 1 for numbers in C order. Its length depends on the rank alone, so that the first length can be written later. */
export function encodeHeader(descr: string, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${lengths}), }`
  const spare = shape.length === 0 ? 0 : ROOM - String(shape[0]).length
  const length = Math.ceil((10 + text.length + spare + 1) / 64) * 64
  const header = new Uint8Array(length).fill(0x20)
  header.set([...MAGIC, 1, 0, (length - 10) & 255, (length - 10) >> 8])
  header.set(new TextEncoder().encode(text), 10)
  header[length - 1] = 0x0a
  return header
}
