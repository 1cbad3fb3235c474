// The element types of safetensors files and the typed arrays they become. Numbers of half precision are widened; machines are taken
// to be little-endian, as the files are.

/** Typed arrays that a file's arrays become. */
export type ElementArray =
  | Float64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>

/** A `Float16Array`, which Node 24 and browsers have and Node 22 has not: it can be written, and is read as a `Float32Array`. */
export interface HalfArray extends ArrayBufferView<ArrayBuffer> {
  /** How many numbers it holds. */
  readonly length: number
  /** Always 2. */
  readonly BYTES_PER_ELEMENT: number
  /** What tells it from other arrays in an engine that does not know it. */
  readonly [Symbol.toStringTag]: 'Float16Array'
}

/** Element types that are read; `F16` and `BF16` become a `Float32Array`, `BOOL` a `Uint8Array`. */
export type SafetensorsDType =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'I64'
  | 'U64'
  | 'I32'
  | 'U32'
  | 'I16'
  | 'U16'
  | 'I8'
  | 'U8'
  | 'BOOL'

interface ElementType {
  readonly bytes: number
  /** The numbers of a memory of their own. */
  readonly read: (memory: ArrayBuffer) => ElementArray
}

/** How each element type is read. */
export const elementTypes: Readonly<Record<SafetensorsDType, ElementType>> = {
  F64: { bytes: 8, read: (memory) => new Float64Array(memory) },
  F32: { bytes: 4, read: (memory) => new Float32Array(memory) },
  F16: { bytes: 2, read: (memory) => Float32Array.from(new Uint16Array(memory), halfToNumber) },
  BF16: { bytes: 2, read: widenBrainFloats },
  I64: { bytes: 8, read: (memory) => new BigInt64Array(memory) },
  U64: { bytes: 8, read: (memory) => new BigUint64Array(memory) },
  I32: { bytes: 4, read: (memory) => new Int32Array(memory) },
  U32: { bytes: 4, read: (memory) => new Uint32Array(memory) },
  I16: { bytes: 2, read: (memory) => new Int16Array(memory) },
  U16: { bytes: 2, read: (memory) => new Uint16Array(memory) },
  I8: { bytes: 1, read: (memory) => new Int8Array(memory) },
  U8: { bytes: 1, read: (memory) => new Uint8Array(memory) },
  BOOL: { bytes: 1, read: (memory) => new Uint8Array(memory) },
}

/** The element type as which a typed array is written, or undefined where there is none. */
export function elementTypeOf(data: ArrayBufferView): SafetensorsDType | undefined {
  if (data instanceof Float32Array) return 'F32'
  if (data instanceof Float64Array) return 'F64'
  if ((data as HalfArray)[Symbol.toStringTag] === 'Float16Array') return 'F16'
  if (data instanceof Int32Array) return 'I32'
  if (data instanceof Uint32Array) return 'U32'
  if (data instanceof BigInt64Array) return 'I64'
  if (data instanceof BigUint64Array) return 'U64'
  if (data instanceof Int16Array) return 'I16'
  if (data instanceof Uint16Array) return 'U16'
  if (data instanceof Int8Array) return 'I8'
  return data instanceof Uint8Array ? 'U8' : undefined
}

/** IEEE 754 binary16: one sign bit, five of the exponent (bias 15), ten of the fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** bfloat16 is the upper half of a binary32. */
function widenBrainFloats(memory: ArrayBuffer): Float32Array<ArrayBuffer> {
  const halves = new Uint16Array(memory)
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer)
}
