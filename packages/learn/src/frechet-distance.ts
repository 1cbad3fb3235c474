// The distance of two sets of samples as if each were a Gaussian cloud. In the features of Inception it is called FID; here the features are
// the caller's, and so is their name.
import { type RealArray, ShapeError, checkOptions, matmul } from '@scatterlab/tensor'
import { compute, meanOfRows, upload } from './chunks.ts'
import { eigenpairsOf } from './eigenpairs.ts'
import { DataError } from './errors.ts'
import { type FeatureMatrix, type Features, checkRows, matrixOf } from './features.ts'
import { addSecondMoment } from './gram.ts'
import { type Run, type RunOptions, runRules, startRun } from './run.ts'

/** ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½), and its two halves; the square of a distance, as it is usually quoted. */
export interface FrechetDistance {
  /** The sum of `means` and `covariances`, from 0 for sets with the same moments. */
  readonly distance: number
  /** ‖μ₁ − μ₂‖². */
  readonly means: number
  /** tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½). */
  readonly covariances: number
}

/**
 * The squared Fréchet distance of the Gaussians that have the means and covariances (divided by n − 1) of two sets of samples [n, d] and [m, d]
 * (Dowson & Landau 1982; Heusel et al. 2017). It is biased upwards by about the noise of the d² covariances: compare sets of the same
 * sizes, and give that of two real sets beside it. Throws `ShapeError` for features of different lengths, `DataError` for a NaN or fewer than
 * two samples.
 */
export async function frechetDistance(
  first: Features,
  second: Features,
  options?: RunOptions,
): Promise<FrechetDistance> {
  const run = startRun(checkOptions('frechetDistance', options, runRules))
  const [a, b] = [matrixOf(first), matrixOf(second)]
  const size = a.shape[1]
  if (b.shape[1] !== size)
    throw new ShapeError(`sets of ${size} and of ${b.shape[1]} features a sample: give both in the same features`)
  const [one, other] = [await momentsOf(run, a), await momentsOf(run, b)]
  const means = one.mean.reduce((sum, v, i) => sum + (v - other.mean[i]) ** 2, 0)
  // tr (Σ₁Σ₂)^½ = tr (R Σ₂ R)^½ with R = Σ₁^½, which is symmetric
  const root = await rootOf(run, one.covariance, size)
  const product = await compute(run, () => {
    const r = upload(run, root, size, size)
    return matmul(matmul(r, upload(run, other.covariance, size, size)), r)
  })
  const { values } = await eigenpairsOf(symmetric(product, size), size, size, { backend: run.backend })
  const shared = values.reduce((sum, v) => sum + Math.sqrt(Math.max(0, v)), 0)
  const covariances = Math.max(0, trace(one.covariance, size) + trace(other.covariance, size) - 2 * shared)
  return { distance: means + covariances, means, covariances }
}

async function momentsOf(run: Run, matrix: FeatureMatrix): Promise<{ mean: Float64Array; covariance: Float64Array }> {
  const [count, size] = matrix.shape
  const rows = checkRows(matrix)
  if (count < 2) throw new DataError(`a set of ${count} samples has no covariance: give two or more`)
  const mean = meanOfRows(matrix, rows)
  const covariance = new Float64Array(size * size)
  await addSecondMoment(run, matrix, rows, mean, covariance, (done) => run.step('covariance', done, count))
  for (let i = 0; i < covariance.length; i++) covariance[i] /= count - 1
  return { mean, covariance }
}

/** V √λ Vᵀ. */
async function rootOf(run: Run, matrix: Float64Array, size: number): Promise<RealArray> {
  const { values, vectors } = await eigenpairsOf(matrix, size, size, { backend: run.backend })
  const scaled = Float64Array.from(vectors, (v, i) => v * Math.max(0, values[Math.floor(i / size)]) ** 0.25)
  return compute(run, () => {
    const rows = upload(run, scaled, size, size)
    return matmul(rows.transpose(), rows)
  })
}

const trace = (matrix: Float64Array, size: number): number => {
  let sum = 0
  for (let i = 0; i < size; i++) sum += matrix[i * size + i]
  return sum
}

/** The mean of a matrix and its transpose: rounding may have parted them. */
const symmetric = (matrix: RealArray, size: number): Float64Array =>
  Float64Array.from(matrix, (v, i) => (v + matrix[(i % size) * size + Math.floor(i / size)]) / 2)
