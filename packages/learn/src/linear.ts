// Linear scores x·W + b and their two products with the features, a chunk of rows at a time.
import { type Backend, dtypeOf, matmul, realArray } from '@scatterlab/tensor'
import { chunksOf, compute, upload } from './chunks.ts'
import { type Classifier, type PredictOptions, type Scores, largestScore, samplesFor } from './classifier.ts'
import type { FeatureMatrix, Features } from './features.ts'
import type { Run } from './run.ts'
import { savedAs } from './saved-kinds.ts'

/** A linear classifier: scores x·W + b. */
export interface LinearClassifier extends Classifier {
  /** W, row-major [features, classes]. */
  readonly weights: Float64Array
  /** b, [classes]. */
  readonly intercept: Float64Array
}

/** The classifier with the scores (x - mean)·W + centre. */
export function linearClassifier(
  weights: Float64Array,
  centre: Float64Array,
  mean: Float64Array,
  fittedOn: Backend,
): LinearClassifier {
  const classes = centre.length
  const intercept = centre.slice()
  for (let j = 0, i = 0; j < mean.length; j++)
    for (let k = 0; k < classes; k++, i++) intercept[k] -= mean[j] * weights[i]
  return linearFrom({ weights, intercept }, fittedOn)
}

/** The classifier of its numbers. */
export function linearFrom(
  numbers: Pick<LinearClassifier, 'weights' | 'intercept'>,
  fittedOn: Backend,
): LinearClassifier {
  const { weights, intercept } = numbers
  const classes = intercept.length
  const scores = async (features: Features, options?: PredictOptions): Promise<Scores> => {
    const { matrix, rows, run } = samplesFor(features, weights.length / classes, options, fittedOn)
    const data = await rowsTimes(run, matrix, rows, weights, classes, (done) => run.step('samples', done, rows.length))
    for (let i = 0, k = 0; i < data.length; i++, k = (k + 1) % classes) data[i] += intercept[k]
    return { data, shape: [rows.length, classes] }
  }
  return savedAs('linear', numbers, {
    classes,
    weights,
    intercept,
    scores,
    predict: async (features, options) => largestScore(await scores(features, options)),
  } satisfies LinearClassifier)
}

/** X·W for the chosen rows: [rows, columns]. */
export async function rowsTimes(
  run: Run,
  matrix: FeatureMatrix,
  rows: Int32Array,
  weights: Float64Array,
  columns: number,
  onRows: (done: number) => Promise<void>,
): Promise<Float64Array> {
  const features = matrix.shape[1]
  const out = new Float64Array(rows.length * columns)
  const own = realArray(dtypeOf(matrix.data), weights.length)
  own.set(weights)
  for (const { data, start, count } of chunksOf(matrix, rows, null)) {
    const product = await compute(run, () =>
      matmul(upload(run, data, count, features), upload(run, own, features, columns)),
    )
    out.set(product, start * columns)
    await onRows(start + count)
  }
  return out
}

/** sum ← sum + Σ_i (x_i - shift) r_iᵀ for the chosen rows and R [rows, columns]. */
export async function addRowsTransposedTimes(
  run: Run,
  matrix: FeatureMatrix,
  rows: Int32Array,
  shift: Float64Array | null,
  right: Float64Array,
  columns: number,
  sum: Float64Array,
): Promise<void> {
  const features = matrix.shape[1]
  const own = realArray(dtypeOf(matrix.data), right.length)
  own.set(right)
  for (const { data, start, count } of chunksOf(matrix, rows, shift)) {
    const r = own.subarray(start * columns, (start + count) * columns)
    const product = await compute(run, () =>
      matmul(upload(run, data, count, features).transpose(), upload(run, r, count, columns)),
    )
    for (let i = 0; i < sum.length; i++) sum[i] += product[i]
    await run.breathe()
  }
}
