// What every classifier of this package offers, and the step from scores to labels.
import { type Backend, type ShapedArray, argmax, checkOptions, tensor } from '@scatterlab/tensor'
import {
  type FeatureMatrix,
  type Features,
  type SubsetOptions,
  checkColumns,
  checkRows,
  matrixOf,
  subsetRules,
} from './features.ts'
import { type Run, type RunOptions, runRules, startRun } from './run.ts'

/** Which rows to classify, and how to run. */
export interface PredictOptions extends RunOptions, SubsetOptions {}

/** A score for every sample and class, larger is more likely: row-major, [samples, classes]. */
export type Scores = ShapedArray<Float64Array, readonly [samples: number, classes: number]>

/** A fitted classifier. Its methods throw `ShapeError` for another number of features and `DataError` for a NaN. */
export interface Classifier {
  /** How many classes it tells apart; they are numbered from 0. */
  readonly classes: number
  /** The class of each sample (of each of `rows`, in their order). Equal scores give the lower class. */
  predict(features: Features, options?: PredictOptions): Promise<Int32Array>
  /** What `predict` takes the largest of, one number for each sample and class. What they mean is the classifier's own. */
  scores(features: Features, options?: PredictOptions): Promise<Scores>
}

/** Column of the largest score of each row, the first of equals. */
export const largestScore = ({ data, shape }: Scores): Int32Array => argmax(tensor(data, shape))

/** Checked features and rows for a model that was fitted to `columns` features, and the run in which they are asked. */
export function samplesFor(
  features: Features,
  columns: number,
  options: PredictOptions | undefined,
  fittedOn: Backend,
): { matrix: FeatureMatrix; rows: Int32Array; run: Run } {
  const checked = checkOptions('a prediction', options, { ...runRules, ...subsetRules })
  const matrix = matrixOf(features)
  checkColumns(matrix, columns)
  return { matrix, rows: checkRows(matrix, checked.rows), run: startRun(checked, fittedOn) }
}

/** How many of the predictions differ from the labels of the same rows. */
export function countErrors(predicted: Int32Array, labels: Int32Array, rows: Int32Array): number {
  return predicted.reduce((errors, label, i) => errors + (label === labels[rows[i]] ? 0 : 1), 0)
}

/** Run options for a step inside a longer run, on some rows. */
export function quietly({ backend, signal }: RunOptions, rows: Int32Array): PredictOptions {
  return { rows, ...(backend && { backend }), ...(signal && { signal }) }
}
