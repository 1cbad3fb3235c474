// Averages of weights over the steps of a training: one that follows beside them (EMA), or one that they go back to (lookahead). How
// much, and when, is said here; a training loop keeps the average and calls `followWeights`.
import {
  type Named,
  type Pointwise,
  type Rule,
  type Tensor,
  ShapeError,
  ValueError,
  checkArgument,
  checkOptions,
  numberFrom,
  pointwise,
  sameShape,
  wholeNumber,
} from '@scatterlab/tensor'
import { realView, someTensors } from './optimizer.ts'

/** How an average of weights follows them. */
export interface Averaging {
  /** Steps from one move to the next. */
  readonly every: number
  /** How much of the average is kept at its move after so many steps, 0 to 1. */
  decay(step: number): number
  /** Whether the weights are put back to the average after each move. */
  readonly returns: boolean
}

/** When and how much an average moves. */
export interface AveragingOptions {
  /** What is kept of the average at each move, 0 to 1: a number, or a function of the steps taken. */
  readonly decay?: number | ((step: number) => number)
  /** Steps from one move to the next. */
  readonly every?: number
}

/**
 * An exponential moving average: average ← decay·average + (1 − decay)·weights, by default with decay 0.999 after every step. The
 * weights do not feel it. Polyak & Juditsky (1992).
 */
export const ema = (options?: AveragingOptions): Averaging => averaging('ema', options, 0.999, 1, false)

/**
 * Lookahead: every 5 steps, by default, slow ← decay·slow + (1 − decay)·weights with decay 0.5, and the weights go back to slow. Zhang et
 * al. (2019), algorithm 1, with decay = 1 − α.
 */
export const lookahead = (options?: AveragingOptions): Averaging => averaging('lookahead', options, 0.5, 5, true)

const aDecay: Rule = (value) =>
  typeof value === 'function' || numberFrom(0, 1)(value) === undefined
    ? undefined
    : 'a number from 0 to 1, or a function of the step that gives one'

/** What `ema` and `lookahead` give. */
const anAveraging: Rule = (value) => {
  const { every, decay } = Object(value) as Partial<Averaging>
  return wholeNumber(1)(every) === undefined && typeof decay === 'function' ? undefined : 'ema() or lookahead()'
}

function averaging(
  name: string,
  options: AveragingOptions | undefined,
  usualDecay: number,
  usualEvery: number,
  returns: boolean,
): Averaging {
  const rules = { decay: aDecay, every: wholeNumber(1) }
  const { decay = usualDecay, every = usualEvery } = checkOptions<AveragingOptions>(name, options, rules)
  const at = (step: number): number => {
    const kept = typeof decay === 'function' ? decay(step) : decay
    checkArgument(`${name}: decay after ${step} steps`, kept, numberFrom(0, 1))
    return kept
  }
  return { every, decay: at, returns }
}

/**
 * Moves an average, in place, after `step` steps: nothing unless `every` divides them. With lookahead the weights are overwritten too.
 * Issues operations only. Throws `ValueError` where the average lacks an array, `ShapeError` where one does not fit.
 */
export function followWeights(average: Named, weights: Named, how: Averaging, step: number): void {
  checkArgument('followWeights: average', average, someTensors)
  checkArgument('followWeights: weights', weights, someTensors)
  checkArgument('followWeights: how', how, anAveraging)
  checkArgument('followWeights: step', step, wholeNumber(0))
  const pairs = Object.entries(weights).map(([name, weight]) => [fitting(average, name, weight), weight].map(realView))
  if (step === 0 || step % how.every !== 0) return
  const kept = how.decay(step)
  for (const [mean, weight] of pairs) {
    if (how.returns) blendBoth.into([mean, weight], mean, weight, kept)
    else blend.into(mean, mean, weight, kept)
  }
}

type Blend<Y> = Pointwise<readonly [unknown, unknown, unknown], Y>

const blend: Blend<Tensor> = pointwise('average of weights', (mean, weight, kept) =>
  weight.plus(mean.minus(weight).times(kept)),
)

const blendBoth: Blend<readonly Tensor[]> = pointwise('lookahead', (mean, weight, kept) => {
  const moved = weight.plus(mean.minus(weight).times(kept))
  return [moved, moved]
})

function fitting(average: Named, name: string, weight: Tensor): Tensor {
  if (!Object.hasOwn(average, name))
    throw new ValueError(`the average has no \`${name}\`: begin it as a copy of the weights`)
  if (sameShape(average[name].shape, weight.shape)) return average[name]
  throw new ShapeError(`the average's \`${name}\` is of another shape than the weights': begin it as a copy of them`)
}
