// One step's loss and gradients: the piece that loops are made of, by hand or in fit.ts. The update is the optimizer's.
import {
  type Named,
  type Random,
  type Tensor,
  aFunction,
  checkOptions,
  scope,
  valueAndGrad,
  aRandom,
  checkArgument,
} from '@scatterlab/tensor'
import { aNetwork, someWeights } from '../arguments.ts'
import { type Batch, imageTensor, placeOf } from './batch.ts'
import type { Network, Weights } from '../network.ts'
import { type ObjectiveOptions, objectiveOf } from './objective.ts'

/** How a step is taken. */
export interface TrainingStepOptions<T = ArrayLike<number>> extends Pick<ObjectiveOptions<T>, 'loss'> {
  /** What dropout draws from. */
  readonly random?: Random
}

/** What a step found. */
export interface TrainingStep {
  /** A scalar. */
  readonly loss: Tensor
  /** ∂loss/∂ of every parameter, by its name. */
  readonly gradients: Named
}

/**
 * The loss of a batch and its gradient in every parameter, in training mode: running statistics move, in place. Memory is given back
 * but that of the result; inside `scope` that goes too. Throws `ShapeError` for images that are not the network's, `LabelError`.
 *
 * @example
 * const loss = scope(() => {
 *   const { loss, gradients } = trainingStep(network, weights, batch, { random: random(`dropout/${step}`) })
 *   state = optimizer.update(weights.parameters, gradients, state)
 *   return loss.item()
 * })
 */
export function trainingStep<T = ArrayLike<number>>(
  network: Network,
  weights: Weights,
  batch: Batch<T>,
  options: TrainingStepOptions<T> = {},
): TrainingStep {
  checkArgument('trainingStep: network', network, aNetwork)
  checkArgument('trainingStep: weights', weights, someWeights)
  const rules = { loss: aFunction, random: aRandom }
  const { random, ...objective } = checkOptions<TrainingStepOptions<T>>('trainingStep', options, rules)
  const { loss, check } = objectiveOf(network, objective)
  const mode = { training: true, ...(random && { random }) }
  check(batch, 'batch')
  return scope(() => {
    const x = imageTensor(network, batch.images, placeOf(weights))
    const lossOf = (parameters: Named): Tensor =>
      loss(network.forward({ parameters, state: weights.state }, x, mode), batch.labels)
    const { value, gradient } = valueAndGrad(lossOf)(weights.parameters)
    return { loss: value, gradients: gradient }
  })
}
