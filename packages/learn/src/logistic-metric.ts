// The metric that the iteration for logistic regression runs in: its Hessian, estimated from a few hundred samples.
import { type Tensor, matmul, mul, random, realArray } from '@scatterlab/tensor'
import { compute, upload } from './chunks.ts'
import type { TrainingSet } from './features.ts'
import { nestedComponents } from './principal-components.ts'
import type { Run } from './run.ts'

const ROWS = 500
const AXES = 200

/**
 * The estimate H = h·C + λI: C is the covariance of the features in its leading principal components and beyond them its
 * average remaining variance, h the mean curvature of the loss along a score.
 */
export interface LogisticMetric {
  /** Mean squared distance of the samples from their mean. */
  readonly variance: number
  /** H⁻¹ g for a gradient [features + 1, classes], whose last row belongs to the intercept. */
  invert(gradient: Float64Array, curvature: number, penalty: number): Promise<Float64Array>
  release(): void
}

/** The metric of a training set, from samples drawn by the seed. */
export async function logisticMetric(run: Run, set: TrainingSet, seed: number | string): Promise<LogisticMetric> {
  const { matrix, rows, classes } = set
  const { data, shape } = matrix
  const columns = shape[1]
  const drawn = random(seed)
    .permutation(rows.length)
    .slice(0, ROWS)
    .map((i) => rows[i])
    .sort()
  const options = { backend: run.backend, tolerance: 0.01 }
  const [{ mean, variances, axes }] = await nestedComponents(matrix, [drawn], AXES, options, async () => {})
  let variance = 0
  for (const row of drawn) {
    for (let j = 0; j < columns; j++) variance += (data[row * columns + j] - mean[j]) ** 2 / drawn.length
  }
  const explained = variances.reduce((sum, value) => sum + value, 0)
  const rest = Math.max(variance - explained, 0) / columns
  const kept = variances.length
  const v = upload(run, axes, kept, columns)

  /** g/(h·rest + λ) + Σ_v v (1/(h·σ_v² + λ) - 1/(h·rest + λ)) vᵀ g. */
  async function invert(gradient: Float64Array, curvature: number, penalty: number): Promise<Float64Array> {
    const size = columns * classes
    const beyond = 1 / (curvature * rest + penalty)
    const scales = Float64Array.from(variances, (value) => 1 / (curvature * value + penalty) - beyond)
    const out = gradient.map((value, i) => (i < size ? value * beyond : value / curvature))
    if (kept === 0) return out
    const own = realArray(v.buffer.dtype, size)
    own.set(gradient.subarray(0, size))
    const along = await compute(run, () => {
      const projected = matmul(v, upload(run, own, columns, classes))
      return matmul(v.transpose(), scaled(projected, scales, run))
    })
    for (let i = 0; i < size; i++) out[i] += along[i]
    return out
  }
  return { variance, invert, release: () => run.backend.release(v.buffer) }
}

/** Each row times its own factor. */
function scaled(x: Tensor, factors: Float64Array, run: Run): Tensor {
  const own = realArray(x.buffer.dtype, factors.length)
  own.set(factors)
  return mul(x, upload(run, own, factors.length, 1))
}
