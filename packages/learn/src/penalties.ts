// Choosing the penalty of a linear classifier by validation: the candidates, their results, and the best of them.
import { type Rule, positive } from '@scatterlab/tensor'
import type { LinearClassifier } from './linear.ts'

/** What one penalty gave on the held-out samples. */
export interface PenaltyResult {
  /** λ, the weight of ‖W‖²/2. */
  readonly penalty: number
  /** Held-out samples of another class than predicted. */
  readonly errors: number
  /** Mean of the classifier's own loss on them, without penalty. */
  readonly loss: number
}

/** A linear classifier with the penalty that validation chose, fitted to all samples. */
export interface LinearSelection {
  /** The one of the chosen penalty, fitted to all samples. */
  readonly classifier: LinearClassifier
  /** λ, the one that was chosen. */
  readonly penalty: number
  /** By penalty, largest first, for the classifiers fitted without the held-out samples. */
  readonly validation: {
    /** One for each penalty that was tried. */
    readonly results: readonly PenaltyResult[]
    /** Samples that were held out. */
    readonly count: number
  }
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

/** Some penalties to choose from. */
export const somePenalties: Rule = (value) =>
  Array.isArray(value) && value.length > 0 && !value.some(positive)
    ? undefined
    : 'a list of positive numbers, at least one'
