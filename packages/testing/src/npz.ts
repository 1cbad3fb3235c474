// Reader of NumPy's .npz and .npy files, in which golden results of other programs are kept. Little-endian f4, f8, i8
// and bool in C order; not a writer, and nothing for pickled objects.
import { unzipSync } from 'fflate'

/** One array of a golden file; integers and booleans come as double-precision numbers (true is 1). */
export interface NpyArray {
  readonly shape: number[]
  readonly data: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>
}

/** The arrays of an .npz file by name. Throws if the bytes are not a ZIP file, or as `readNpy` does. */
export function readNpz(bytes: Uint8Array): Record<string, NpyArray> {
  const files = Object.entries(unzipSync(bytes))
  return Object.fromEntries(files.map(([name, file]) => [name.replace(/\.npy$/, ''), readNpy(file, name)]))
}

/**
 * The array of an .npy file (versions 1 to 3). Throws for a file that is cut short, in Fortran order, or of other
 * elements than little-endian f4, f8, i8 and b1; `name` is used in messages.
 */
export function readNpy(bytes: Uint8Array, name = '.npy file'): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || view.getUint32(0) !== 0x934e554d || view.getUint16(4) !== 0x5059) {
    throw new Error(`${name} does not begin like an .npy file`)
  }
  const long = view.getUint8(6) > 1
  const start = long ? 12 : 10
  const end = start + (long ? view.getUint32(8, true) : view.getUint16(8, true))
  const header = new TextDecoder().decode(bytes.subarray(start, end))
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1]
  const lengths = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1]
  if (descr === undefined || lengths === undefined)
    throw new Error(`${name} has an unreadable header: ${header.trim()}`)
  if (/'fortran_order':\s*True/.test(header)) throw new Error(`${name} is in Fortran order: save it in C order`)
  const shape = lengths.split(',').flatMap((text) => (text.trim() === '' ? [] : [Number(text)]))
  const count = shape.reduce((product, length) => product * length, 1)
  return { shape, data: elements(bytes.slice(end), descr, count, name) }
}

function elements(body: Uint8Array<ArrayBuffer>, descr: string, count: number, name: string): NpyArray['data'] {
  const width = { '<f4': 4, '<f8': 8, '<i8': 8, '|b1': 1 }[descr]
  if (width === undefined) throw new Error(`${name} holds ${descr}: only <f4, <f8, <i8 and |b1 are read`)
  if (body.length < count * width) throw new Error(`${name} is cut short: ${body.length} of ${count * width} bytes`)
  if (descr === '<f4') return new Float32Array(body.buffer, 0, count)
  if (descr === '<f8') return new Float64Array(body.buffer, 0, count)
  if (descr === '|b1') return Float64Array.from(body.subarray(0, count))
  return Float64Array.from(new BigInt64Array(body.buffer, 0, count), Number)
}
