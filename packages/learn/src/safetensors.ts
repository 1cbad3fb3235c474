// One file of named arrays and a text about them, in the safetensors format: eight bytes with the length of a JSON header, the header,
// the numbers. Only what models need; `@scatterlab/nn` reads and writes all of the format.
import { DataError } from './errors.ts'

/** Arrays that a model is made of. */
export type StoredArray = Float64Array | Float32Array | Int32Array | Uint8Array

const TYPES = { F64: Float64Array, F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const
type TypeName = keyof typeof TYPES

const nameOf = (array: StoredArray): TypeName =>
  (Object.keys(TYPES) as TypeName[]).find((name) => array instanceof TYPES[name])!

/** The file of arrays by name; wide elements first, so that each begins at a multiple of its size. */
export function encodeArrays(
  arrays: ReadonlyMap<string, StoredArray>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const sorted = [...arrays].toSorted(([, a], [, b]) => b.BYTES_PER_ELEMENT - a.BYTES_PER_ELEMENT)
  let end = 0
  const entries = sorted.map(([name, array]) => [
    name,
    { dtype: nameOf(array), shape: [array.length], data_offsets: [end, (end += array.byteLength)] },
  ])
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries([['__metadata__', metadata], ...entries])))
  const length = Math.ceil(text.length / 8) * 8
  const file = new Uint8Array(8 + length + end)
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true)
  file.set(text, 8)
  file.fill(0x20, 8 + text.length, 8 + length)
  let at = 8 + length
  for (const [, array] of sorted) {
    file.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at)
    at += array.byteLength
  }
  return file
}

/** The arrays and the text of such a file. Throws `DataError` for what is none, or is cut short. */
export function decodeArrays(bytes: Uint8Array): {
  arrays: Map<string, StoredArray>
  metadata: Readonly<Record<string, unknown>>
} {
  if (!(bytes instanceof Uint8Array)) throw new DataError('a model is loaded from the bytes of its file, a Uint8Array')
  const fault = (what: string): DataError => new DataError(`no file of a model, or a damaged one: ${what}`)
  if (bytes.length < 8) throw fault(`it has ${bytes.length} bytes`)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (8 + length > bytes.length) throw fault(`its header would take ${length} of ${bytes.length} bytes`)
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)))
  } catch {
    throw fault('its header is no JSON')
  }
  if (typeof header !== 'object' || header === null) throw fault('its header is no record')
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, object>
  const arrays = new Map<string, StoredArray>()
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, data_offsets: offsets } = entry as { dtype?: TypeName; data_offsets?: [number, number] }
    const Type = dtype && Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : undefined
    if (Type === undefined || !Array.isArray(offsets)) throw fault(`array '${name}' is of type ${String(dtype)}`)
    const [begin, end] = offsets.map((offset) => 8 + length + offset)
    if (!(begin <= end && end <= bytes.length) || (end - begin) % Type.BYTES_PER_ELEMENT !== 0)
      throw fault(`array '${name}' ends at byte ${end} of ${bytes.length}`)
    arrays.set(name, new Type(bytes.slice(begin, end).buffer))
  }
  return { arrays, metadata: metadata as Record<string, unknown> }
}
