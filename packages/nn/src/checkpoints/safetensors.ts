// The safetensors format: eight bytes with the length of a JSON header, the header, the numbers. What the arrays mean is in
// checkpoint.ts.
import {
  type ShapedArray,
  Tensor,
  aText,
  checkOptions,
  isComplex,
  sizeOf,
  trueOrFalse,
  checkArgument,
} from '@scatterlab/tensor'
import { isRecord } from '../arguments.ts'
import { CheckpointError, inFile } from './checkpoint-error.ts'
import { CHECKSUM, checksumOf } from './checksum.ts'
import { headerFault } from './header-fault.ts'
import {
  type ElementArray,
  type HalfArray,
  type SafetensorsDType,
  elementTypeOf,
  elementTypes,
} from './safetensors-types.ts'

/** An array as a file holds it. */
export type StoredArray = ShapedArray<ElementArray>

/** An array as it may be written. */
export type WrittenArray = ShapedArray<ElementArray | HalfArray>

/** An array of a file. */
export interface DecodedArray extends StoredArray {
  /** Element type in the file. */
  readonly dtype: SafetensorsDType
}

/** What a file holds. */
export interface DecodedFile {
  /** In the order in which they lie in the file. */
  readonly tensors: Readonly<Record<string, DecodedArray>>
  /** The texts of the header under `__metadata__`, by name. */
  readonly metadata: Readonly<Record<string, string>>
}

const LONGEST_HEADER = 100_000_000 // bytes, the format's own bound
const METADATA = '__metadata__'

/** How a file is written. */
export interface EncodeOptions {
  /** Writes a checksum into the metadata, which `decodeSafetensors` holds the file to (default false). */
  readonly checksum?: boolean
}

/**
 * A safetensors file of the arrays, which are read from whatever back end holds them. Wider element types come first, equal ones by
 * name, and the numbers begin at a multiple of 8 bytes. Throws `CheckpointError` DTYPE for complex arrays and OFFSETS for data that do
 * not fill their shape, `ValueError` for metadata that are no texts.
 */
export async function encodeSafetensors(
  arrays: Readonly<Record<string, Tensor | WrittenArray>>,
  metadata: Readonly<Record<string, string>> = {},
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkArgument('encodeSafetensors: arrays', arrays, (value) => (isRecord(value) ? undefined : 'arrays by name'))
  checkArgument('metadata', metadata, (value) => (isRecord(value) ? undefined : 'texts by name'))
  for (const [name, note] of Object.entries(metadata)) checkArgument(`metadata: ${name}`, note, aText)
  const { checksum = false } = checkOptions<EncodeOptions>('encodeSafetensors', options, { checksum: trueOrFalse })
  const stored = await Promise.all(Object.entries(arrays).map(async ([name, array]) => storedOf(name, array)))
  stored.sort((a, b) => b.elementBytes - a.elementBytes || (a.name < b.name ? -1 : 1))
  let end = 0
  const entries = stored.map(({ name, dtype, shape, bytes }) => {
    return [name, { dtype, shape, data_offsets: [end, (end += bytes.length)] }] as const
  })
  const notes = checksum ? { ...metadata, [CHECKSUM]: checksumOf(stored, metadata) } : metadata
  const first = Object.keys(notes).length > 0 ? [[METADATA, notes] as const] : []
  // not by assignment, which would take an array named __proto__ for the prototype
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...first, ...entries])))
  const length = Math.ceil(text.length / 8) * 8
  const file = new Uint8Array(8 + length + end)
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true)
  file.set(text, 8)
  file.fill(0x20, 8 + text.length, 8 + length)
  let at = 8 + length
  for (const { bytes } of stored) {
    file.set(bytes, at)
    at += bytes.length
  }
  return file
}

async function storedOf(name: string, array: Tensor | WrittenArray) {
  const isArray =
    isRecord(array) && (array instanceof Tensor || (ArrayBuffer.isView(array.data) && Array.isArray(array.shape)))
  checkArgument(`array '${name}'`, array, () => (isArray ? undefined : 'a Tensor or { data, shape }'))
  if (array instanceof Tensor && isComplex(array.dtype))
    throw new CheckpointError(
      'DTYPE',
      `array '${name}' is ${array.dtype}: the format holds real numbers, give x.asReal()`,
    )
  const data = array instanceof Tensor ? await array.read() : array.data
  const dtype = elementTypeOf(data)
  if (dtype === undefined)
    throw new CheckpointError('DTYPE', `array '${name}' is a ${data.constructor.name}: the format has no such type`)
  if (name === METADATA) throw new CheckpointError('HEADER', `array '${name}': the format keeps this name for itself`)
  if (data.length !== sizeOf(array.shape)) {
    const shape = `[${array.shape.join(', ')}]`
    throw new CheckpointError('OFFSETS', `array '${name}' has ${data.length} numbers, which do not fill ${shape}`)
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return { name, dtype, shape: array.shape, bytes, elementBytes: data.BYTES_PER_ELEMENT }
}

interface Entry {
  readonly name: string
  readonly dtype: SafetensorsDType
  readonly shape: number[]
  readonly begin: number
  readonly end: number
}

/** How a file is read. */
export interface DecodeOptions {
  /** What errors call it. */
  readonly file?: string
}

/**
 * The arrays of a safetensors file, copied out of it. Throws `CheckpointError`: TRUNCATED for a file cut short, HEADER for what is
 * no such header, DTYPE for element types other than `SafetensorsDType`, OFFSETS for arrays that overlap, leave gaps or do not fill
 * their shapes, CORRUPT for a file that does not hold what its checksum says, if it has one.
 */
export function decodeSafetensors(bytes: Uint8Array, options: DecodeOptions = {}): DecodedFile {
  const { file } = checkOptions<DecodeOptions>('decodeSafetensors', options, { file: aText })
  return inFile(file, 'get the file again', () => decode(bytes))
}

/** As `decodeSafetensors`, for readers that name the file themselves. */
export function decode(bytes: Uint8Array): DecodedFile {
  checkArgument('the file', bytes, (value) => (value instanceof Uint8Array ? undefined : 'its bytes, a Uint8Array'))
  const { header, numbers } = splitFile(bytes)
  const { [METADATA]: metadata = {}, ...described } = header
  if (!isRecord(metadata) || Object.values(metadata).some(aText))
    throw new CheckpointError('HEADER', `${METADATA} is no record of texts`)
  const notes = metadata as Record<string, string>
  const entries = Object.entries(described).map(([name, entry]) => entryOf(name, entry))
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end)
  checkOffsets(entries, numbers.length)
  checkSum(entries, notes, numbers)
  const tensors = entries.map(({ name, dtype, shape, begin, end }) => {
    const own = new Uint8Array(end - begin)
    own.set(numbers.subarray(begin, end))
    return [name, { dtype, shape, data: elementTypes[dtype].read(own.buffer) }] as const
  })
  return { tensors: Object.fromEntries(tensors), metadata: notes }
}

function checkSum(entries: readonly Entry[], metadata: Record<string, string>, numbers: Uint8Array): void {
  if (!Object.hasOwn(metadata, CHECKSUM)) return
  const lying = entries.map(({ begin, end, ...entry }) => ({ ...entry, bytes: numbers.subarray(begin, end) }))
  const [written, found] = [metadata[CHECKSUM], checksumOf(lying, metadata)]
  if (written === found) return
  throw new CheckpointError(
    'CORRUPT',
    `damaged, or changed since it was written: its checksum is ${found}, not ${written}`,
  )
}

function splitFile(bytes: Uint8Array): { header: Record<string, unknown>; numbers: Uint8Array } {
  if (bytes.length < 8)
    throw new CheckpointError('TRUNCATED', `${bytes.length} bytes: a safetensors file begins with 8 bytes of length`)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > LONGEST_HEADER)
    throw new CheckpointError(
      'HEADER',
      `a header of ${length} bytes, longer than the format allows: no safetensors file`,
    )
  if (8 + length > bytes.length)
    throw new CheckpointError('TRUNCATED', `the header takes ${length} bytes, the file ends after ${bytes.length - 8}`)
  let header: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length))
    // entries, their shapes and offsets
    const fault = headerFault(text, 3)
    if (fault !== undefined) throw new CheckpointError('HEADER', fault)
    header = JSON.parse(text)
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause
    throw new CheckpointError('HEADER', 'the header is no JSON: not a safetensors file, or a damaged one', { cause })
  }
  if (bytes[8] !== 0x7b || !isRecord(header)) throw new CheckpointError('HEADER', 'the header is no JSON object')
  return { header, numbers: bytes.subarray(8 + length) }
}

function entryOf(name: string, entry: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {}
  if (typeof dtype !== 'string' || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
    throw new CheckpointError(
      'HEADER',
      `array '${name}' lacks dtype, shape or data_offsets: ${JSON.stringify(entry).slice(0, 200)}`,
    )
  if (!Object.hasOwn(elementTypes, dtype)) {
    const known = Object.keys(elementTypes).join(', ')
    throw new CheckpointError('DTYPE', `array '${name}' is of type ${dtype}: read are ${known}`)
  }
  const [begin, end] = offsets
  const type = dtype as SafetensorsDType
  const needed = sizeOf(shape) * elementTypes[type].bytes
  if (end - begin !== needed) {
    const given = `bytes ${begin} to ${end}`
    throw new CheckpointError(
      'OFFSETS',
      `array '${name}' [${shape.join(', ')}] of ${dtype} takes ${needed} bytes, not ${given}`,
    )
  }
  return { name, dtype: type, shape, begin, end }
}

/** The arrays, in the order of their offsets, must cover the numbers without overlap or gap. */
function checkOffsets(entries: readonly Entry[], length: number): void {
  let covered = 0
  for (const { name, begin, end } of entries) {
    if (begin < covered)
      throw new CheckpointError('OFFSETS', `array '${name}' overlaps the one before it at byte ${begin}`)
    if (begin > covered) throw new CheckpointError('OFFSETS', `bytes ${covered} to ${begin} belong to no array`)
    if (end > length)
      throw new CheckpointError(
        'TRUNCATED',
        `array '${name}' ends at byte ${end}, the numbers of the file at ${length}`,
      )
    covered = end
  }
  if (covered !== length) throw new CheckpointError('OFFSETS', `bytes ${covered} to ${length} belong to no array`)
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0)
