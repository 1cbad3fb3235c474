// One step's loss and gradients: the piece that loops are made of, by hand or in fit.ts. The update is the optimizer's.
import {
  type Named,
  type Pointwise,
  type Random,
  type Rules,
  type Tensor,
  ValueError,
  aFunction,
  belowOne,
  checkOptions,
  mul,
  pointwise,
  scope,
  valueAndGrad,
  aRandom,
  checkArgument,
  wholeNumber,
} from '@scatterlab/tensor'
import { aNetwork, someWeights } from '../arguments.ts'
import { type Batch, imageTensor, placeOf } from './batch.ts'
import type { Network, Weights } from '../network.ts'
import { type ClassLabels, crossEntropy } from './losses.ts'
import { type Loss, type ObjectiveOptions, objectiveOf } from './objective.ts'
import { partsOf } from './parts.ts'

/** How a step is taken. */
export interface TrainingStepOptions<T = ArrayLike<number>> extends Pick<ObjectiveOptions<T>, 'loss'> {
  /** What dropout draws from. */
  readonly random?: Random
  /** Share of each label that is spread evenly over all classes, below 1; only where the loss is `crossEntropy` (default 0). */
  readonly smoothing?: number
  /**
   * How many items are computed at a time (default: all). A larger batch is cut into even parts whose gradients are added, so that it
   * needs no more memory than one of them; batch normalisation takes the moments of a part.
   */
  readonly atOnce?: number
  /** Which parameters gradients are made of, by name (default: all): behind the first layers that stand still nothing is gone back. */
  readonly trained?: (name: string) => boolean
}

/** What the options of a step may be, beside its loss. */
export const stepOptionRules: Rules<Pick<TrainingStepOptions, 'smoothing' | 'atOnce'>> = {
  smoothing: belowOne,
  atOnce: wholeNumber(1),
}

/** What a step found. */
export interface TrainingStep {
  /** A scalar. */
  readonly loss: Tensor
  /** ∂loss/∂ of every parameter that is trained, by its name. */
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
  const rules = { loss: aFunction, random: aRandom, trained: aFunction, ...stepOptionRules }
  const {
    random,
    smoothing = 0,
    atOnce = Infinity,
    trained: isTrained = () => true,
    ...objective
  } = checkOptions<TrainingStepOptions<T>>('trainingStep', options, rules)
  const { loss, check, classifies } = objectiveOf(network, objective)
  const lossOfOutputs = smoothing === 0 ? loss : smoothed(smoothing, classifies)
  const trained = Object.fromEntries(Object.entries(weights.parameters).filter(([name]) => isTrained(name)))
  check(batch, 'batch')
  const lossAndGradients = ({ images, labels }: Batch<T>): TrainingStep =>
    scope(() => {
      const x = imageTensor(network, images, placeOf(weights))
      const mode = { training: true, ...(random && { random }) }
      const lossOf = (own: Named): Tensor => {
        const parameters = { ...weights.parameters, ...own }
        return lossOfOutputs(network.forward({ parameters, state: weights.state }, x, mode), labels)
      }
      const { value, gradient } = valueAndGrad(lossOf)(trained)
      return { loss: value, gradients: gradient }
    })
  const parts = partsOf(batch, atOnce)
  if (parts.length === 1) return lossAndGradients(batch)
  return scope(() => {
    const shares = parts.map(({ images }) => images.shape[0] / batch.images.shape[0])
    const all = (step: TrainingStep): Tensor[] => [step.loss, ...Object.values(step.gradients)]
    const whole = scope(() => {
      const { loss, gradients } = lossAndGradients(parts[0])
      const entries = Object.entries(gradients).map(([name, g]) => [name, mul(g, shares[0])] as const)
      return { loss: mul(loss, shares[0]), gradients: Object.fromEntries(entries) }
    })
    parts.slice(1).forEach((part, at) =>
      scope(() => {
        const own = all(lossAndGradients(part))
        all(whole).forEach((x, i) => plusShare.into(x, x, own[i], shares[at + 1]))
      }),
    )
    return whole
  })
}

const plusShare: Pointwise<readonly [unknown, unknown, unknown], Tensor> = pointwise('part of a batch', (x, y, share) =>
  x.plus(y.times(share)),
)

/** Cross-entropy of smoothed labels. Throws `ValueError` where the loss is another one. */
function smoothed<T>(smoothing: number, classifies: boolean): Loss<T> {
  if (!classifies)
    throw new ValueError(
      'smoothing is for crossEntropy: leave out loss, or smooth the labels of your own loss yourself',
    )
  return (outputs, labels) => crossEntropy(outputs, labels as ClassLabels, { smoothing })
}
