// Reductions over chosen axes, and what follows from them.
import { type Reduction, reduce as reduction } from '../operations/reduce.ts'
import { checkOptions, trueOrFalse } from '../check-options.ts'
import { ShapeError } from '../errors.ts'
import { checkReal, checkTensor } from './checks.ts'
import { type Operand, abs, div, mul, sqrt, square, sub } from './elementwise.ts'
import { scope } from './scope.ts'
import { checkAxis, formatShape, sizeOf } from './shape.ts'
import { differentiable, unrecorded } from '../gradient/tape.ts'
import { type Tensor, empty } from './tensor.ts'
import { pointwise } from '../pointwise/pointwise.ts'

/** Over which axes; negative ones count from the end; default all. */
export interface ReductionOptions {
  /** Such as `[0, -1]`; all axes by default. */
  readonly axes?: readonly number[]
  /** Keep the reduced axes with length 1. Default false. */
  readonly keep?: boolean
}

/** The axes counted from the front. Throws `ShapeError` for one that is named twice or not there. */
function checkAxes(name: string, x: Tensor, options: ReductionOptions): number[] {
  checkTensor(name, x)
  const { shape, rank } = x
  const { axes } = checkOptions<ReductionOptions>(name, options, {
    axes: (value) => (Array.isArray(value) ? undefined : 'a list of axes'),
    keep: trueOrFalse,
  })
  const over = axes?.map((axis) => checkAxis(axis, rank)) ?? shape.map((_, axis) => axis)
  if (new Set(over).size < over.length) throw new ShapeError(`axes [${axes?.join(', ')}] name an axis twice`)
  return over
}

/**
 * Throws `ShapeError` where there is nothing to take the extremum or the mean of; else how many elements come together.
 */
function countReduced(name: string, { shape }: Tensor, over: readonly number[]): number {
  const count = sizeOf(over.map((axis) => shape[axis]))
  if (count > 0) return count
  throw new ShapeError(`${name} of no elements: shape ${formatShape(shape)} over axes [${over.join(', ')}]`)
}

function reduce(op: Reduction, x: Tensor, options: ReductionOptions): Tensor {
  const over = checkAxes(op, x, options)
  if (op !== 'sum') countReduced(op, x, over)
  const out = empty(
    x.shape.map((length, axis) => (over.includes(axis) ? 1 : length)),
    { dtype: x.dtype, backend: x.backend },
  )
  reduction(x.backend, op, x, over, out)
  differentiable(out, [x, (g) => (op === 'sum' ? g.broadcastTo(x.shape) : mul(g, shareOfExtremum(x, out, over)))])
  return options.keep ? out : out.reshape(...x.shape.filter((_, axis) => !over.includes(axis)))
}

/** 1 where x is the extremum y, or 1/n where n elements are, else 0. */
function shareOfExtremum(x: Tensor, y: Tensor, axes: readonly number[]): Tensor {
  const isIt = equal(x, y)
  return div(isIt, sum(isIt, { axes, keep: true }))
}

const equal: (x: Tensor, y: Tensor) => Tensor = pointwise('equal', (x, y) => x.eq(y))

/** Σ x. */
export const sum = (x: Tensor, options: ReductionOptions = {}): Tensor => reduce('sum', x, options)
/** Largest element (real arrays); equals share its gradient. Throws `ShapeError` for no elements. */
export const max = (x: Tensor, options: ReductionOptions = {}): Tensor => reduce('max', x, options)
/** Smallest element (real arrays); equals share its gradient. Throws `ShapeError` for no elements. */
export const min = (x: Tensor, options: ReductionOptions = {}): Tensor => reduce('min', x, options)

/** Arithmetic mean. Throws `ShapeError` for no elements. */
export function mean(x: Tensor, options: ReductionOptions = {}): Tensor {
  const count = countReduced('mean', x, checkAxes('mean', x, options))
  return scope(() => div(sum(x, options), count))
}

/** Population variance, mean |x − mean x|² (real arrays), in two passes. Throws `ShapeError` for no elements. */
export function variance(x: Tensor, options: ReductionOptions = {}): Tensor {
  checkReal('variance', x)
  return scope(() => mean(square(sub(x, mean(x, { ...options, keep: true }))), options))
}

/** Euclidean norm √Σ|x|², of any magnitude. Its derivative at 0 is taken as 0. */
export function norm(x: Tensor, options: ReductionOptions = {}): Tensor {
  const axes = checkAxes('norm', x, options)
  const kept = unrecorded(() =>
    scope(() => {
      // in units of the largest, so that no square overflows and not all of them vanish
      const modulus = abs(x)
      const unit = x.size === 0 ? 1 : finiteUnit(max(modulus, { axes, keep: true }))
      return mul(sqrt(sum(squareIn(modulus, unit), { axes, keep: true })), unit)
    }),
  )
  // x/|x|, and 0/1 at 0
  differentiable(kept, [x, (g) => mul(g, div(x, unlessZero(kept)))])
  return options.keep ? kept : kept.reshape(...x.shape.filter((_, axis) => !axes.includes(axis)))
}

const finiteUnit: (x: Tensor) => Tensor = pointwise('unit', (x) => x.eq(0).select(1, x.eq(Infinity).select(1, x)))
const squareIn: (x: Tensor, unit: Operand) => Tensor = pointwise('square in units', (x, unit) => x.over(unit).square())
const unlessZero: (x: Tensor) => Tensor = pointwise('1 for 0', (x) => x.eq(0).select(1, x))

/**
 * Where the largest element lies along `axis` (default the last), for every index of the other axes in row-major order:
 * the class that scores best. Of equals the first; NaN counts as the largest. Reads host memory; throws on a device.
 */
export function argmax(x: Tensor, axis = -1): Int32Array {
  checkReal('argmax', x)
  const along = checkAxis(axis, x.rank)
  countReduced('argmax', x, [along])
  const order = x.shape.map((_, i) => i).filter((i) => i !== along)
  const length = x.shape[along]
  const data = x.transpose(...order, along).asTypedArray()
  return Int32Array.from({ length: data.length / length }, (_, line) => {
    let best = line * length
    for (let at = best + 1; at < (line + 1) * length && !Number.isNaN(data[best]); at++)
      if (!(data[at] <= data[best])) best = at
    return best - line * length
  })
}
