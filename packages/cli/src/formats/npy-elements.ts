// The elements of .npy files: which kinds are read, and their bytes as numbers of this machine.
import { endianness } from 'node:os'
import type { Numbers } from './array-source.ts'
import { FormatError } from './format-error.ts'
import { fromHalf } from './half.ts'

/** A kind of element: its letter in NumPy's descr, its width in bytes, whether its bytes are in the other order than here. */
export interface ElementType {
  /** NumPy's name, such as `int16`. */
  readonly name: string
  readonly kind: 'b' | 'i' | 'u' | 'f'
  readonly width: 1 | 2 | 4 | 8
  readonly swapped: boolean
}

const KINDS = ['b1', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8']
const WORDS = { b: 'bool', i: 'int', u: 'uint', f: 'float' } as const

/** The kind that a descr such as `<f4` or `>u2` names. Throws OBJECTS for pickled objects, ELEMENTS for what is no real number. */
export function elementsOf(descr: string, file: string): ElementType {
  const [, order, code] = /^([<>=|]?)(.*)$/.exec(descr)!
  if (code.startsWith('O'))
    throw new FormatError(
      'OBJECTS',
      file,
      'an array of Python objects (a pickle), which is not opened: save it with a.astype("float32")',
    )
  if (!KINDS.includes(code))
    throw new FormatError(
      'ELEMENTS',
      file,
      `elements of type ${descr}, no real numbers of 8 to 64 bits: save it with a.astype("float32")`,
    )
  const kind = code[0] as ElementType['kind']
  const width = Number(code[1]) as ElementType['width']
  const swapped = width > 1 && ((order === '>' && endianness() === 'LE') || (order === '<' && endianness() === 'BE'))
  return { name: kind === 'b' ? 'bool' : `${WORDS[kind]}${width * 8}`, kind, width, swapped }
}

/** The numbers in `bytes`, which is copied. 64-bit integers beyond ±2⁵³ throw RANGE: they would come out as others. */
export function numbersIn(bytes: Uint8Array, { kind, width, swapped }: ElementType, file: string): Numbers {
  const copy = new Uint8Array(bytes)
  if (swapped) swap(copy, width)
  const { buffer } = copy
  switch (`${kind}${width}`) {
    case 'i1':
      return new Int8Array(buffer)
    case 'i2':
      return new Int16Array(buffer)
    case 'u2':
      return new Uint16Array(buffer)
    case 'i4':
      return new Int32Array(buffer)
    case 'u4':
      return new Uint32Array(buffer)
    case 'f4':
      return new Float32Array(buffer)
    case 'f8':
      return new Float64Array(buffer)
    case 'f2':
      return Float32Array.from(new Uint16Array(buffer), fromHalf)
    case 'i8':
      return Float64Array.from(new BigInt64Array(buffer), (value) => exactly(value, file))
    case 'u8':
      return Float64Array.from(new BigUint64Array(buffer), (value) => exactly(value, file))
    default:
      return copy
  }
}

function swap(bytes: Uint8Array<ArrayBuffer>, width: number): void {
  const buffer = Buffer.from(bytes.buffer)
  if (width === 2) buffer.swap16()
  else if (width === 4) buffer.swap32()
  else buffer.swap64()
}

function exactly(value: bigint, file: string): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new FormatError('RANGE', file, `${value} is beyond ±2^53: save it with a.astype("float64")`)
}

/** The numbers of a Fortran-ordered array, whose first index runs fastest, with the last running fastest. */
export function toCOrder<A extends Numbers>(data: A, shape: readonly number[]): A {
  const result = new (data.constructor as new (length: number) => A)(data.length)
  const index = new Int32Array(shape.length)
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, 1))
  for (let i = 0, from = 0; i < data.length; i++) {
    result[i] = data[from]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]
      if (++index[axis] < shape[axis]) break
      from -= strides[axis] * shape[axis]
      index[axis] = 0
    }
  }
  return result
}
