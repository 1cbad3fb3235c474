// The matcher for numbers: compares element by element and, on failure, says where it is worst and by how much.
import { type DType, Tensor } from '@scatterlab/tensor'

/**
 * How far two numbers may lie apart: absolute + relative·|expected| + ofLargest·max|expected|; each is 0 by default.
 */
export interface Tolerance {
  /** A fixed amount. */
  readonly absolute?: number
  /** A fraction of each expected number. */
  readonly relative?: number
  /**
   * A fraction of the largest expected number: for results whose errors spread over all elements, as a transform's do.
   */
  readonly ofLargest?: number
}

/** Numbers to compare: one, a list, nested lists, a typed array, or an array of `tensor`. */
export type Numbers = number | ArrayLike<number> | readonly Numbers[] | Tensor

/** Thrown by `expectClose`. */
export class NotCloseError extends Error {
  override readonly name = 'NotCloseError'
}

interface Listed {
  readonly values: ArrayLike<number>
  readonly shape: readonly number[] | null
  readonly dtype: DType | null
}

/**
 * Passes where |actual − expected| ≤ absolute + relative·|expected| + ofLargest·max|expected| for every element; NaN is
 * close to NaN, an infinity to itself. Nested lists are flattened, complex arrays read as interleaved parts; two
 * tensors must agree in shape. Throws `NotCloseError` with the worst index and both values.
 */
export function expectClose(actual: Numbers, expected: Numbers, tolerance: Tolerance = {}): void {
  const message = difference(list(actual), list(expected), tolerance)
  if (message === null) return
  const error = new NotCloseError(message)
  Error.captureStackTrace?.(error, expectClose)
  throw error
}

function difference(actual: Listed, expected: Listed, tolerance: Tolerance): string | null {
  if (actual.shape && expected.shape && actual.shape.join() !== expected.shape.join()) {
    return `shape ${actual.shape.join('×')} where ${expected.shape.join('×')} is expected`
  }
  const [a, b] = [actual.values, expected.values]
  if (a.length !== b.length) return `${a.length} numbers where ${b.length} are expected`
  const { absolute = 0, relative = 0, ofLargest = 0 } = tolerance
  const base = absolute + ofLargest * largest(b)
  let worst = -1
  let excess = 0
  let wrong = 0
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue
    const ratio = Math.abs(a[i] - b[i]) / (base + relative * Math.abs(b[i]))
    if (ratio <= 1) continue
    wrong++
    if (worst < 0 || ratio > excess) {
      worst = i
      excess = Number.isNaN(ratio) ? Infinity : ratio
    }
  }
  if (worst < 0) return null
  const allowed = base + relative * Math.abs(b[worst])
  return (
    `${wrong} of ${a.length} numbers are not close; the worst, at ${place(worst, actual, expected)}: ` +
    `actual ${a[worst]}, expected ${b[worst]}, apart by ${Math.abs(a[worst] - b[worst])} where ${allowed} is allowed`
  )
}

function largest(values: ArrayLike<number>): number {
  let top = 0
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i])
    if (size > top && size !== Infinity) top = size
  }
  return top
}

/** The index as [row, column, …] where a shape is known, else the flat one. */
function place(index: number, actual: Listed, expected: Listed): string {
  const shape = actual.shape ?? expected.shape
  if (shape === null) return `[${index}]`
  const complex = (actual.dtype ?? expected.dtype)?.startsWith('complex') ?? false
  const indices: number[] = []
  let rest = complex ? Math.floor(index / 2) : index
  for (const length of shape.toReversed()) {
    indices.unshift(rest % length)
    rest = Math.floor(rest / length)
  }
  const part = complex ? [' (real part)', ' (imaginary part)'][index % 2] : ''
  return `[${indices.join(', ')}]${part}`
}

function list(numbers: Numbers): Listed {
  if (numbers instanceof Tensor) return { values: numbers.asTypedArray(), shape: numbers.shape, dtype: numbers.dtype }
  if (typeof numbers === 'number') return { values: [numbers], shape: null, dtype: null }
  if (!Array.isArray(numbers)) return { values: numbers as ArrayLike<number>, shape: null, dtype: null }
  return { values: numbers.flat(Infinity) as number[], shape: null, dtype: null }
}
