// How the learning rate goes over a training run: functions of the step, and of a small state for those that listen to
// the validation (plateau.ts).
import { ValueError } from '@scatterlab/tensor'
import { checkCount, checkNotNegative, checkPositive } from './ranges.ts'

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

/** How `warmUp` rises. */
export interface WarmUpOptions {
  /** Over how many steps. */
  readonly steps: number
  /** Rate of the first step (default 0). */
  readonly from?: number
}

/** The base rate throughout. */
export const constant = (): Schedule<null> => ({ initial: null, rate: (base) => base })

/** base · factorᵏ after k of the steps in `at`. Throws `ValueError` where they do not ascend. */
export function steps({ at, factor = 0.1 }: StepsOptions): Schedule<null> {
  at.forEach((step, i) => {
    checkCount(`at[${i}]`, step, 1)
    if (i > 0 && step <= at[i - 1]) throw new ValueError(`\`at\` is [${at.join(', ')}]: give steps that ascend`)
  })
  checkPositive('factor', factor)
  return { initial: null, rate: (base, step) => base * factor ** at.filter((fall) => fall <= step).length }
}

/**
 * floor + (base − floor)·(1 + cos(π·step/steps))/2, then the floor; a floor above the base rate counts as the base rate.
 * Loshchilov & Hutter (2017), equation 5, without restarts.
 */
export function cosine({ steps, floor = 0 }: CosineOptions): Schedule<null> {
  checkCount('steps', steps, 1)
  checkNotNegative('floor', floor)
  return {
    initial: null,
    rate(base, step) {
      const lowest = Math.min(floor, base)
      return step >= steps ? lowest : lowest + ((base - lowest) * (1 + Math.cos((Math.PI * step) / steps))) / 2
    },
  }
}

/**
 * A straight line from `from` to what the other schedule gives after `steps` steps, and the other schedule from there. It
 * counts its steps from the start of training, the warm-up's among them.
 */
export function warmUp<S>(schedule: Schedule<S>, { steps, from = 0 }: WarmUpOptions): Schedule<S> {
  checkCount('steps', steps, 1)
  checkNotNegative('from', from)
  return {
    ...schedule,
    rate(base, step, state) {
      if (step >= steps) return schedule.rate(base, step, state)
      return from + ((schedule.rate(base, steps, state) - from) * step) / steps
    },
  }
}
