// How good weights are on a set: its loss, its errors, and what was predicted.
import { aFunction, checkOptions, scope, startTurns, aSignal, checkArgument } from '@scatterlab/tensor'
import { aNetwork, somePass, someWeights } from '../arguments.ts'
import { type Batches, EmptyPassError, imageTensor, placeOf } from './batch.ts'
import { NonFiniteError, firstNonFinite } from './diverged.ts'
import { largest } from './largest.ts'
import type { Network, Weights } from '../network.ts'
import { type ObjectiveOptions, objectiveOf, objectiveRules } from './objective.ts'
import { numberOf, numbersOf } from './read.ts'

/** How weights are evaluated. */
export interface EvaluateOptions<T = ArrayLike<number>> extends ObjectiveOptions<T> {
  /** Ends the evaluation before its next batch: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Called after each batch with the number of items so far. */
  readonly onProgress?: (items: number) => void
}

/** Figures of a set. */
export interface Score {
  /** Mean over the items. */
  readonly loss: number
  /** Items. */
  readonly total: number
  /** Items that were wrong; NaN where the loss has no classes. */
  readonly errors: number
  /** errors / total */
  readonly errorRate: number
}

/** Figures of a set, and the class of each item's largest output, in the order of the batches. */
export interface Evaluation extends Score {
  /** Empty where the network gives no vectors. */
  readonly predictions: Int32Array
}

/**
 * The mean loss and the errors over one pass, in inference mode, computed where the weights are. Throws `EmptyPassError`, `ShapeError`
 * or `LabelError` for batches that are none, `NonFiniteError` for a loss that is not finite.
 */
export async function evaluate<T = ArrayLike<number>>(
  network: Network,
  weights: Weights,
  batches: Batches<T>,
  options: EvaluateOptions<T> = {},
): Promise<Evaluation> {
  checkArgument('evaluate: network', network, aNetwork)
  checkArgument('evaluate: weights', weights, someWeights)
  checkArgument('evaluate: batches', batches, somePass)
  const rules = { ...objectiveRules, signal: aSignal, onProgress: aFunction }
  const { signal, onProgress, ...objective } = checkOptions<EvaluateOptions<T>>('evaluate', options, rules)
  const { loss, countErrors, check } = objectiveOf(network, objective)
  const place = placeOf(weights)
  const turns = startTurns(signal)
  const predictions: Int32Array[] = []
  const sums = { loss: 0, total: 0, errors: 0 }
  let index = 0
  for await (const batch of batches) {
    await turns.next()
    check(batch, `batch ${index++}`)
    const { images, labels } = batch
    const read = scope(() => {
      const outputs = network.forward(weights, imageTensor(network, images, place))
      return { loss: numberOf(loss(outputs, labels)), outputs: numbersOf(outputs) }
    })
    const items = images.shape[0]
    const [batchLoss, outputs] = [await read.loss, await read.outputs]
    if (!Number.isFinite(batchLoss)) {
      const where = await firstNonFinite(network, weights, images, { training: false })
      throw new NonFiniteError('NON_FINITE', `batch ${index - 1}`, where)
    }
    sums.loss += items * batchLoss
    const predicted = network.output.length === 1 ? largest(outputs, items) : new Int32Array()
    sums.errors += countErrors(predicted, labels)
    sums.total += items
    predictions.push(predicted)
    onProgress?.(sums.total)
  }
  if (index === 0) throw new EmptyPassError('the evaluation')
  const { total, errors } = sums
  return { loss: sums.loss / total, total, errors, errorRate: errors / total, predictions: joined(predictions) }
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
