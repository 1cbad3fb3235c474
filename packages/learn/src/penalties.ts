// Choosing the penalty of a linear classifier by validation: the candidates, their results, and the best of them.
import { ValueError } from '@scatterlab/tensor'
import type { PredictOptions } from './classifier.ts'
import type { LinearClassifier } from './linear.ts'
import type { RunOptions } from './run.ts'

/** What one penalty gave on the held-out samples. */
export interface PenaltyResult {
  readonly penalty: number
  readonly errors: number
  /** Mean of the classifier's own loss on them, without penalty. */
  readonly loss: number
}

/** A linear classifier with the penalty that validation chose, fitted to all samples. */
export interface LinearSelection {
  readonly classifier: LinearClassifier
  readonly penalty: number
  /** By penalty, largest first, for the classifiers fitted without the held-out samples. */
  readonly validation: { readonly results: readonly PenaltyResult[]; readonly count: number }
}

/**
 * The result with the least loss among those whose errors are the fewest but for one standard deviation (√errors):
 * held-out errors do not tell these apart.
 */
export function bestResult(results: readonly PenaltyResult[]): PenaltyResult {
  const fewest = Math.min(...results.map(({ errors }) => errors))
  const alike = results.filter(({ errors }) => errors <= fewest + Math.sqrt(fewest))
  return alike.reduce((best, result) => (result.loss < best.loss ? result : best))
}

/** Throws `ValueError` unless the penalty is a positive number. */
export function checkPenalty(penalty: number, name: string): number {
  if (!(penalty > 0 && penalty < Infinity)) throw new ValueError(`${name} ${penalty}: give a positive number`)
  return penalty
}

/** Checks a list of penalties, which must not be empty. */
export function checkPenalties(penalties: readonly number[]): readonly number[] {
  if (penalties.length === 0)
    throw new ValueError('penalties is empty: give at least one positive number, or leave it out')
  penalties.forEach((penalty, i) => checkPenalty(penalty, `penalties[${i}]`))
  return penalties
}

/** Run options for a step inside a longer run, on some rows. */
export function quietly({ backend, signal }: RunOptions, rows: Int32Array): PredictOptions {
  return { rows, ...(backend && { backend }), ...(signal && { signal }) }
}
