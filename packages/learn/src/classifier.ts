// What every classifier of this package offers, and the step from scores to labels.
import { type Features, type FeatureMatrix, type SubsetOptions, checkColumns, checkRows, matrixOf } from './features.ts'
import type { RunOptions } from './run.ts'

/** Which rows to classify, and how to run. */
export interface PredictOptions extends RunOptions, SubsetOptions {}

/** A score for every sample and class, larger is more likely: row-major, [samples, classes]. */
export interface Scores {
  readonly data: Float64Array
  readonly shape: readonly [samples: number, classes: number]
}

/** A fitted classifier. Its methods throw `ShapeError` for another number of features and `DataError` for a NaN. */
export interface Classifier {
  readonly classes: number
  /** The class of each sample (of each of `rows`, in their order). Equal scores give the lower class. */
  predict(features: Features, options?: PredictOptions): Promise<Int32Array>
  scores(features: Features, options?: PredictOptions): Promise<Scores>
}

/** Column of the largest score of each row, the first of equals. */
export function largestScore({ data, shape: [samples, classes] }: Scores): Int32Array {
  return Int32Array.from({ length: samples }, (_, i) => {
    let best = 0
    for (let k = 1; k < classes; k++) if (data[i * classes + k] > data[i * classes + best]) best = k
    return best
  })
}

/** Checked features and rows for a model that was fitted to `columns` features. */
export function samplesFor(
  features: Features,
  columns: number,
  options: SubsetOptions,
): { matrix: FeatureMatrix; rows: Int32Array } {
  const matrix = matrixOf(features)
  checkColumns(matrix, columns)
  return { matrix, rows: checkRows(matrix, options.rows) }
}

/** How many of the predictions differ from the labels of the same rows. */
export function countErrors(predicted: Int32Array, labels: Int32Array, rows: Int32Array): number {
  return predicted.reduce((errors, label, i) => errors + (label === labels[rows[i]] ? 0 : 1), 0)
}
