// The loss that training makes small, and the errors of a classifier by which it is judged. The losses themselves are in losses.ts.
import { type Rules, ShapeError, type Tensor, ValueError, aFunction, checkArgument } from '@scatterlab/tensor'
import { type Batch, checkImages, checkLabels } from './batch.ts'
import { checkTensor, classLabels, classNumbers, isDistributions } from '../arguments.ts'
import { type ClassLabels, checkDistributions, crossEntropy } from './losses.ts'
import { largest } from './largest.ts'
import type { Network } from '../network.ts'

/** The loss of a batch from the network's results: a real scalar, the mean over the items. */
export type Loss<T = ArrayLike<number>> = (outputs: Tensor, labels: T) => Tensor

/** What is learned. */
export interface ObjectiveOptions<T = ArrayLike<number>> {
  /** Default: `crossEntropy`, for labels that are classes. */
  readonly loss?: Loss<T>
  /**
   * How many items are wrong, given the class of each item's largest output. Default: those whose class is not their label where the
   * loss is `crossEntropy`; for other losses nothing is counted, and errors are NaN.
   */
  readonly countErrors?: (predictions: Int32Array, labels: T) => number
}

/** What these options may be. */
export const objectiveRules: Rules<ObjectiveOptions> = {
  loss: aFunction,
  countErrors: aFunction,
}

/** The loss, the count of errors, and the check of a batch. */
export interface Objective<T> {
  readonly loss: Loss<T>
  /** Whether the loss is the cross-entropy, which can smooth labels. */
  readonly classifies: boolean
  readonly countErrors: (predictions: Int32Array, labels: T) => number
  /** Throws `ShapeError` or `LabelError`, with `where` in front. */
  check(batch: Batch<T>, where: string): void
}

/** Settles the options for a network. Throws `ValueError` for a cross-entropy of a network that gives no vectors. */
export function objectiveOf<T>(network: Network, options: ObjectiveOptions<T>): Objective<T> {
  const { loss } = options
  const classifies = loss === undefined || (loss as unknown) === crossEntropy
  if (!classifies) {
    const { countErrors = () => NaN } = options
    const scalar: Loss<T> = (outputs, labels) => {
      const L = loss(outputs, labels)
      checkTensor('what loss gives', L)
      return L
    }
    return { loss: scalar, classifies, countErrors, check: (batch, where) => checkImages(network, batch, where) }
  }
  if (network.output.length !== 1) {
    const given = `[${network.output.join(', ')}]`
    throw new ValueError(`cross-entropy takes one number for each class, the network gives ${given}: give another loss`)
  }
  const classifier: Objective<ClassLabels> = {
    loss: crossEntropy,
    classifies,
    countErrors: misclassified,
    check(batch, where) {
      checkImages(network, batch, where)
      const [items, classes] = [batch.images.shape[0], network.output[0]]
      if (isDistributions(batch.labels)) checkDistributions(batch.labels, [items, classes], where)
      else checkLabels(batch.labels, items, classes, where)
    },
  }
  return {
    ...(classifier as unknown as Objective<T>),
    ...(options.countErrors && { countErrors: options.countErrors }),
  }
}

/**
 * How many predictions are not the label, of probabilities the most probable class. Throws `ShapeError` unless there is a label for
 * each.
 */
export function misclassified(predictions: Int32Array, given: ClassLabels): number {
  checkArgument('misclassified: predictions', predictions, classNumbers)
  checkArgument('misclassified: labels', given, classLabels)
  const labels = isDistributions(given) ? largest(given.data, given.shape[0]) : given
  if (predictions.length !== labels.length)
    throw new ShapeError(`misclassified: ${predictions.length} predictions and ${labels.length} labels: give as many`)
  return predictions.reduce((errors, prediction, item) => errors + (prediction === labels[item] ? 0 : 1), 0)
}
