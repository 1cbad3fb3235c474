// Kernels k(x, y): their options, and blocks of their values, which are a matrix product and one point-wise pass on the back end.
import {
  type RealArray,
  type Rules,
  type Tensor,
  ValueError,
  dtypeOf,
  finite,
  matmul,
  oneOf,
  pointwise,
  positive,
  realArray,
  wholeNumber,
} from '@scatterlab/tensor'
import { gatherRows, meanOfRows, upload } from './chunks.ts'
import type { FeatureMatrix } from './features.ts'
import type { Run } from './run.ts'

/** A kernel by its name and its numbers. */
export interface KernelOptions {
  /** `rbf` e^(−γ‖x−y‖²), `polynomial` (γ x·y + offset)^degree or `linear` x·y; default `rbf`. */
  readonly kernel?: 'rbf' | 'polynomial' | 'linear'
  /** γ > 0; default `scale`: 1/(d·v), v the variance of all numbers of the training features, as in scikit-learn. */
  readonly gamma?: number | 'scale'
  /** Of the polynomial; default 3. */
  readonly degree?: number
  /** Of the polynomial, scikit-learn's `coef0`; default 0. */
  readonly offset?: number
}

/** What `KernelOptions` may be. */
export const kernelRules: Rules<KernelOptions> = {
  kernel: oneOf('rbf', 'polynomial', 'linear'),
  gamma: (value) =>
    value === 'scale' || positive(value) === undefined ? undefined : "positive and finite, or 'scale'",
  degree: wholeNumber(1, 100),
  offset: finite,
}

/** A kernel whose numbers are settled. */
export interface Kernel {
  /** Which of the three functions of x and y it is. */
  readonly name: 'rbf' | 'polynomial' | 'linear'
  /** γ of `rbf` and `polynomial`. */
  readonly gamma: number
  /** Exponent of the polynomial. */
  readonly degree: number
  /** What the polynomial adds to γ x·y. */
  readonly offset: number
}

/** The kernel of the options for training samples; `scale` is measured on them. */
export function kernelOf(options: KernelOptions, matrix: FeatureMatrix, rows: Int32Array): Kernel {
  const { kernel: name = 'rbf', gamma = 'scale', degree = 3, offset = 0 } = options
  return { name, gamma: gamma === 'scale' ? scaleOf(matrix, rows) : gamma, degree, offset }
}

/** 1/(d·v), and 1/d where the features do not vary. */
function scaleOf(matrix: FeatureMatrix, rows: Int32Array): number {
  const columns = matrix.shape[1]
  const mean = meanOfRows(matrix, rows)
  const middle = mean.reduce((sum, value) => sum + value / columns, 0)
  let most = 0
  for (const row of rows)
    for (let at = row * columns; at < (row + 1) * columns; at++)
      most = Math.max(most, Math.abs(matrix.data[at] - middle))
  if (most <= Math.abs(middle) * 2 ** -50) return 1 / columns
  let squares = 0
  for (const row of rows)
    for (let at = row * columns; at < (row + 1) * columns; at++) squares += ((matrix.data[at] - middle) / most) ** 2
  // d·v = Σ squares/n; divided twice, so that neither product leaves the range of doubles
  const gamma = rows.length / squares / most / most
  if (!(gamma > 0 && gamma < Infinity)) {
    throw new ValueError(`features of the size ${most} have no usable gamma of 'scale': standardise them first`)
  }
  return gamma
}

/**
 * From where samples are measured: the mean of the training samples, or null for the polynomial, which a shift changes. The others
 * lose nothing by it: distances do not change, and products change by what the intercept takes up.
 */
export const originOf = (kernel: Kernel, matrix: FeatureMatrix, rows: Int32Array): Float64Array | null =>
  kernel.name === 'polynomial' ? null : meanOfRows(matrix, rows)

/** e^(γ(2p − a − b)) for p = x·y, a = ‖x‖², b = ‖y‖²; never above 1. */
const rbf = /* @__PURE__ */ pointwise('rbf', (p, a, b, gamma) => p.times(2).minus(a).minus(b).times(gamma).min(0).exp())
const polynomial = /* @__PURE__ */ pointwise('polynomial', (p, gamma, offset, degree) =>
  p.times(gamma).plus(offset).pow(degree),
)

/** Samples on the back end, with what kernels need of them: [count, columns] and the squared norms [count]. */
export interface KernelSamples {
  readonly count: number
  readonly x: Tensor
  /** Squared norms as a row [1, count], in the element type of the samples. */
  readonly squares: Tensor
  /** k(x, x) of each sample. */
  readonly diagonal: Float64Array
  release(): void
}

/** Samples rows of a matrix, measured from `origin`, for blocks of a kernel. */
export function kernelSamples(
  run: Run,
  kernel: Kernel,
  matrix: FeatureMatrix,
  rows: Int32Array,
  origin: Float64Array | null,
): KernelSamples {
  const columns = matrix.shape[1]
  const dtype = dtypeOf(matrix.data)
  const own = realArray(dtype, rows.length * columns)
  gatherRows(matrix, rows, origin, own)
  const norms = squaredNorms(own, rows.length, columns)
  const diagonal = norms.map((square) => valueAt(kernel, square))
  const most = diagonal.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  if (!(most < (dtype === 'float32' ? 1e38 : 1e300))) {
    throw new ValueError(`kernel values of the size ${most}: standardise the features, or give a smaller gamma`)
  }
  const x = upload(run, own, rows.length, columns)
  const line = realArray(dtype, rows.length)
  line.set(norms)
  const squares = upload(run, line, 1, rows.length)
  return {
    count: rows.length,
    x,
    squares,
    diagonal,
    release() {
      run.backend.release(x.buffer)
      run.backend.release(squares.buffer)
    },
  }
}

function squaredNorms(data: RealArray, count: number, columns: number): Float64Array {
  const norms = new Float64Array(count)
  for (let i = 0, at = 0; i < count; i++) for (const end = at + columns; at < end; at++) norms[i] += data[at] * data[at]
  return norms
}

/** k(x, x) from ‖x‖². */
function valueAt({ name, gamma, degree, offset }: Kernel, square: number): number {
  if (name === 'rbf') return 1
  return name === 'linear' ? square : (gamma * square + offset) ** degree
}

/** k(a_i, b_j), [a.count, b.count]; issued on the back end, inside the scope of the caller. */
export function kernelBlock(kernel: Kernel, a: KernelSamples, b: KernelSamples): Tensor {
  const products = matmul(a.x, b.x.transpose())
  const { name, gamma, offset, degree } = kernel
  if (name === 'rbf') rbf.into(products, products, a.squares.transpose(), b.squares, gamma)
  if (name === 'polynomial') polynomial.into(products, products, gamma, offset, degree)
  return products
}
