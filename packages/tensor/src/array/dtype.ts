// Element types. A complex array is stored as real numbers: each element is a real and an imaginary part.
import { shown } from '../check-options.ts'
import { DTypeError, MemoryError } from '../errors.ts'

/** A real element type. */
export type RealDType = 'float32' | 'float64'
/** A complex element type: two `float32` (`complex64`) or two `float64` (`complex128`). */
export type ComplexDType = 'complex64' | 'complex128'
/** An element type. */
export type DType = RealDType | ComplexDType
/** A typed array of real numbers. */
export type RealArray = Float32Array | Float64Array

/** Whether elements have an imaginary part. */
export const isComplex = (dtype: DType): dtype is ComplexDType => dtype === 'complex64' || dtype === 'complex128'

/** The type of an element's real part: `complex64` → `float32`. */
export const realOf = (dtype: DType): RealDType =>
  dtype === 'complex64' || dtype === 'float32' ? 'float32' : 'float64'

/** The complex type whose parts have this precision: `float32` → `complex64`. */
export const complexOf = (dtype: DType): ComplexDType => (realOf(dtype) === 'float32' ? 'complex64' : 'complex128')

/** The type that holds both: double precision if either is double, complex if either is complex. */
export function promote(a: DType, b: DType): DType {
  const real: RealDType = realOf(a) === 'float64' || realOf(b) === 'float64' ? 'float64' : 'float32'
  return isComplex(a) || isComplex(b) ? complexOf(real) : real
}

/** A new zeroed typed array of `length` real numbers. Throws `MemoryError` where there is no room for it. */
export function realArray(dtype: RealDType, length: number): RealArray {
  try {
    return dtype === 'float32' ? new Float32Array(length) : new Float64Array(length)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new MemoryError(`no memory for ${length} numbers of ${dtype}: make the array smaller, or work in parts`)
  }
}

/** Throws `DTypeError` for what is no element type. */
export function checkDType(dtype: unknown): asserts dtype is DType {
  if (!['float32', 'float64', 'complex64', 'complex128'].includes(dtype as string))
    throw new DTypeError(`dtype is ${shown(dtype)}: it must be float32, float64, complex64 or complex128`)
}

/** The element type of a typed array. */
export const dtypeOf = (data: RealArray): RealDType => (data instanceof Float32Array ? 'float32' : 'float64')
