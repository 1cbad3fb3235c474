// Reductions over chosen axes, and what follows from them.
import type { Reduction } from './backend.ts'
import { isComplex } from './dtype.ts'
import { DTypeError, ShapeError } from './errors.ts'
import { abs, div, mul, sqrt, square, sub } from './elementwise.ts'
import { checkAxis, formatShape, sizeOf } from './shape.ts'
import { type Tensor, empty } from './tensor.ts'

/** Over which axes; negative ones count from the end; default all. */
export interface ReductionOptions {
  readonly axes?: readonly number[]
  /** Keep the reduced axes with length 1. Default false. */
  readonly keep?: boolean
}

function reduce(op: Reduction, x: Tensor, { axes, keep = false }: ReductionOptions): Tensor {
  const over = (axes ?? x.shape.map((_, i) => i)).map((axis) => checkAxis(axis, x.rank))
  if (op !== 'sum' && over.some((axis) => x.shape[axis] === 0)) {
    throw new ShapeError(`${op} of no elements: shape ${formatShape(x.shape)} over axes ${over.join(', ')}`)
  }
  const out = empty(
    x.shape.map((length, axis) => (over.includes(axis) ? 1 : length)),
    { dtype: x.dtype, backend: x.backend },
  )
  x.backend.reduce(op, x, over, out)
  return keep ? out : out.reshape(...x.shape.filter((_, axis) => !over.includes(axis)))
}

/** Σ x. */
export const sum = (x: Tensor, options: ReductionOptions = {}): Tensor => reduce('sum', x, options)
/** Largest element (real arrays). Throws `ShapeError` for no elements. */
export const max = (x: Tensor, options: ReductionOptions = {}): Tensor => reduce('max', x, options)
/** Smallest element (real arrays). Throws `ShapeError` for no elements. */
export const min = (x: Tensor, options: ReductionOptions = {}): Tensor => reduce('min', x, options)

/** Arithmetic mean. */
export function mean(x: Tensor, options: ReductionOptions = {}): Tensor {
  const total = sum(x, options)
  return div(total, sizeOf(x.shape) / sizeOf(total.shape))
}

/** Population variance, mean |x − mean x|² (real arrays), in two passes. */
export function variance(x: Tensor, options: ReductionOptions = {}): Tensor {
  if (isComplex(x.dtype)) throw new DTypeError('variance takes real arrays')
  return mean(square(sub(x, mean(x, { ...options, keep: true }))), options)
}

/** Euclidean norm √Σ|x|². */
export function norm(x: Tensor, options: ReductionOptions = {}): Tensor {
  const modulus = isComplex(x.dtype) ? abs(x) : x
  return sqrt(sum(mul(modulus, modulus), options))
}
