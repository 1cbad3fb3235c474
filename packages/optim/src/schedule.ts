// How the learning rate goes over a training run: functions of the step, and of a small state for those that listen to
// the validation (plateau.ts).
import {
  type Rule,
  ValueError,
  checkArgument,
  checkOptions,
  having,
  notNegative,
  positive,
  wholeNumber,
} from '@scatterlab/tensor'

/** The learning rate over time. `S` is what it remembers: plain JSON, for a checkpoint. */
export interface Schedule<S = unknown> {
  /** What it remembers before the first step. */
  readonly initial: S
  /** The rate of the next step from the optimizer's base rate, the steps taken so far, and the state. */
  rate(base: number, step: number, state: S): number
  /** The state after an epoch (from 0) whose validation gave `metric`. */
  observe?(metric: number, state: S, epoch: number): S
}

/** When `steps` falls. */
export interface StepsOptions {
  /** After how many steps, ascending: [32000, 48000]. */
  readonly at: readonly number[]
  /** By which it is multiplied at each (default 0.1). */
  readonly factor?: number
}

/** How `cosine` falls. */
export interface CosineOptions {
  /** Over how many steps. */
  readonly steps: number
  /** Where it ends and stays (default 0). */
  readonly floor?: number
}

/** How `triangular` and `oneCycle` rise and fall. */
export interface RiseAndFallOptions {
  /** Over how many steps in all. */
  readonly steps: number
  /** How many of them it rises; 0 starts at the base rate. */
  readonly rise: number
  /** Where it starts, as a share of the base rate. */
  readonly from?: number
  /** Where it ends and stays, as a share of the base rate. */
  readonly to?: number
}

/** How `warmUp` rises. */
export interface WarmUpOptions {
  /** Over how many steps. */
  readonly steps: number
  /** Rate of the first step (default 0). */
  readonly from?: number
}

/** The base rate throughout. */
export const constant = (): Schedule<null> => ({ initial: null, rate: (base) => base })

const ascending: Rule = (value) =>
  Array.isArray(value) && value.every((step, i) => Number.isInteger(step) && step > (value[i - 1] ?? 0))
    ? undefined
    : 'a list of steps that ascend, whole numbers from 1'

/** base · factorᵏ after k of the steps in `at`. Throws `ValueError` where they do not ascend. */
export function steps(options: StepsOptions): Schedule<null> {
  const { at, factor = 0.1 } = checkOptions('steps', options, { at: ascending, factor: positive }, ['at'])
  return { initial: null, rate: (base, step) => base * factor ** at.filter((fall) => fall <= step).length }
}

/**
 * floor + (base − floor)·(1 + cos(π·step/steps))/2, then the floor; a floor above the base rate counts as the base rate.
 * Loshchilov & Hutter (2017), equation 5, without restarts.
 */
export function cosine(options: CosineOptions): Schedule<null> {
  const rules = { steps: wholeNumber(1), floor: notNegative }
  const { steps, floor = 0 } = checkOptions('cosine', options, rules, ['steps'])
  return {
    initial: null,
    rate(base, step) {
      const lowest = Math.min(floor, base)
      return step >= steps ? lowest : lowest + ((base - lowest) * (1 + Math.cos((Math.PI * step) / steps))) / 2
    },
  }
}

/**
 * A line from `from`·base (default 0) to the base rate after `rise` steps, and a line to `to`·base (default 0) after `steps`. Smith
 * (2017), "Cyclical learning rates", one cycle of it. Throws `ValueError` for a rise longer than the whole.
 */
export const triangular = (options: RiseAndFallOptions): Schedule<null> =>
  riseAndFall('triangular', options, { from: 0, to: 0 }, (share) => share)

/**
 * The same along two halves of a cosine, from 1/25 of the base rate and to 1/250,000 of it by default. Smith & Topin (2018),
 * "Super-convergence"; PyTorch's `OneCycleLR`, whose `max_lr` is the base rate. Throws `ValueError` for a rise longer than the whole.
 */
export const oneCycle = (options: RiseAndFallOptions): Schedule<null> =>
  riseAndFall('oneCycle', options, { from: 1 / 25, to: 4e-6 }, (share) => (1 - Math.cos(Math.PI * share)) / 2)

/** Two stretches, each along `way`, which goes from 0 to 1. */
function riseAndFall(
  name: string,
  options: RiseAndFallOptions,
  defaults: { readonly from: number; readonly to: number },
  way: (share: number) => number,
): Schedule<null> {
  const rules = { steps: wholeNumber(1), rise: wholeNumber(0), from: notNegative, to: notNegative }
  const { steps, rise, from, to } = { ...defaults, ...checkOptions(name, options, rules, ['steps', 'rise']) }
  if (rise > steps) throw new ValueError(`${name}: rise is ${rise} of ${steps} steps: give at most ${steps}`)
  const factor = (step: number): number => {
    if (step >= steps) return to
    return step < rise ? from + (1 - from) * way(step / rise) : 1 + (to - 1) * way((step - rise) / (steps - rise))
  }
  return { initial: null, rate: (base, step) => base * factor(step) }
}

/**
 * A straight line from `from` to what the other schedule gives after `steps` steps, and the other schedule from there. It
 * counts its steps from the start of training, the warm-up's among them.
 */
export function warmUp<S>(schedule: Schedule<S>, options: WarmUpOptions): Schedule<S> {
  checkArgument('warmUp: the schedule', schedule, having('a schedule, for example cosine({ steps: 1000 })', 'rate'))
  const rules = { steps: wholeNumber(1), from: notNegative }
  const { steps, from = 0 } = checkOptions('warmUp', options, rules, ['steps'])
  return {
    ...schedule,
    rate(base, step, state) {
      if (step >= steps) return schedule.rate(base, step, state)
      return from + ((schedule.rate(base, steps, state) - from) * step) / steps
    },
  }
}
