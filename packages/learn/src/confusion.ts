// Counting errors: how many, how sure, and between which classes.
import { checkArgument, someNumbers } from '@scatterlab/tensor'
import { DataError } from './errors.ts'
import { type Labels, checkLabels } from './features.ts'

/** Errors of a classifier on labelled samples. */
export interface ErrorCount {
  /** Samples whose predicted class is not their label. */
  readonly errors: number
  /** Samples in all. */
  readonly count: number
  /** errors/count. */
  readonly rate: number
  /** Standard error of the rate, √(p(1 - p)/count) with p the rate: one binomial standard deviation. */
  readonly standardError: number
}

/**
 * Counts the samples whose predicted class is not their label. Throws `DataError` for lists of different or no length.
 */
export function errorCount(predicted: Labels, labels: Labels): ErrorCount {
  checkPair(predicted, labels)
  const count = labels.length
  let errors = 0
  for (let i = 0; i < count; i++) if (predicted[i] !== labels[i]) errors++
  const rate = errors / count
  return { errors, count, rate, standardError: Math.sqrt((rate * (1 - rate)) / count) }
}

/** A matrix of so many classes takes 256 MiB. */
const MOST_CLASSES = 8192

/** How often each class was taken for each: `counts[label·classes + predicted]`. */
export interface Confusion {
  /** Rows and columns of the matrix. */
  readonly classes: number
  /** Row-major, [classes, classes]; they sum to the number of samples. */
  readonly counts: Int32Array
}

/**
 * The confusion matrix of predictions: rows are labels, columns predictions. Throws `DataError` as `errorCount` does.
 */
export function confusion(predicted: Labels, labels: Labels): Confusion {
  checkPair(predicted, labels)
  const columns = checkLabels(predicted, MOST_CLASSES)
  const rows = checkLabels(labels, MOST_CLASSES)
  const classes = 1 + Math.max(...[rows, columns].map((list) => list.reduce((most, label) => Math.max(most, label), 0)))
  const counts = new Int32Array(classes * classes)
  for (let i = 0; i < rows.length; i++) counts[rows[i] * classes + columns[i]]++
  return { classes, counts }
}

function checkPair(predicted: Labels, labels: Labels): void {
  checkArgument('predictions', predicted, someNumbers)
  checkArgument('labels', labels, someNumbers)
  if (predicted.length !== labels.length) {
    throw new DataError(`${predicted.length} predictions for ${labels.length} labels: give one label a prediction`)
  }
  if (labels.length === 0) throw new DataError('no prediction to count: give at least one sample')
}
