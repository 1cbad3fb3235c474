// Whitening that changes features least (ZCA): every direction divided by its deviation, and turned back to where it was. Nothing is
// told of labels: an unsupervised step, for patches of images above all.
import { checkOptions } from '@scatterlab/tensor'
import { type EigenOptions, eigenRules } from './eigenpairs.ts'
import { type Features, type SubsetOptions, checkRows, matrixOf, subsetRules } from './features.ts'
import { DataError } from './errors.ts'
import { type LinearTransform, type WhiteningFloor, checkEpsilon, epsilonOf, floorRules, linearMap } from './pca.ts'
import { nestedComponents } from './principal-components.ts'
import { type RunOptions, startRun } from './run.ts'
import { savedAs } from './saved-kinds.ts'

/** x ← (Σ + εI)^(−1/2) (x − μ). */
export interface Whitening extends LinearTransform {
  /** μ, the mean of each feature over the training samples. */
  readonly mean: Float64Array
  /** (Σ + εI)^(−1/2), symmetric, [features, features]. */
  readonly matrix: Float64Array
  /** Eigenvalues of Σ, largest first, as many as the samples span. */
  readonly variances: Float64Array
  /** ε, added to every eigenvalue of Σ. */
  readonly epsilon: number
}

/** Options of `whiten`. */
export interface WhitenOptions extends EigenOptions, SubsetOptions, WhiteningFloor {}

/**
 * Measures mean and covariance Σ of training samples [n, d] and whitens by them (zero-phase components, Bell and Sejnowski 1997).
 * Throws `ValueError` for an epsilon of 0 where the samples do not span all dimensions, `DataError` for a NaN or no sample.
 */
export async function whiten(training: Features, options?: WhitenOptions): Promise<Whitening> {
  const checked = checkOptions('whiten', options, { ...eigenRules, ...subsetRules, ...floorRules })
  const matrix = matrixOf(training)
  const rows = checkRows(matrix, checked.rows)
  if (rows.length === 0) throw new DataError('no sample to measure: give at least one row of features')
  const columns = matrix.shape[1]
  const { epsilon: _, floor: __, rows: ___, ...run } = checked
  const most = Math.min(columns, rows.length - 1)
  const [{ mean, variances, axes }] = await nestedComponents(matrix, [rows], most, run, async () => {})
  const epsilon = epsilonOf(checked, variances)
  checkEpsilon(epsilon, variances.length, columns)
  // directions that no sample has are divided by √ε, the others by √(λ + ε)
  const rest = epsilon > 0 ? 1 / Math.sqrt(epsilon) : 0
  const whitening = new Float64Array(columns * columns)
  for (let i = 0; i < columns; i++) whitening[i * columns + i] = rest
  variances.forEach((variance, k) => {
    const excess = 1 / Math.sqrt(variance + epsilon) - rest
    for (let i = 0; i < columns; i++) {
      const left = excess * axes[k * columns + i]
      for (let j = 0; j < columns; j++) whitening[i * columns + j] += left * axes[k * columns + j]
    }
  })
  return whiteningFrom({ mean, matrix: whitening, variances, epsilon }, run)
}

/** The transform of its numbers. */
export const whiteningFrom = (numbers: Omit<Whitening, 'apply'>, options: RunOptions): Whitening =>
  savedAs('whiten', numbers, {
    ...numbers,
    apply: linearMap(numbers.matrix, numbers.mean, numbers.mean.length, startRun(options).backend),
  })
