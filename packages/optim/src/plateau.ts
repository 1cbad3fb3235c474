// The lecture's schedule: divide the learning rate by ten when the validation stops improving.
import {
  type Rules,
  ValueError,
  belowOne,
  checkOptions,
  notNegative,
  oneOf,
  positive,
  wholeNumber,
} from '@scatterlab/tensor'
import type { Schedule } from './schedule.ts'

/** When `plateau` falls. */
export interface PlateauOptions {
  /** By which the rate is multiplied (default 0.1), below 1. */
  readonly factor?: number
  /** Epochs in a row without improvement before it falls (default 5). */
  readonly patience?: number
  /** By which fraction of the best metric a better one must differ from it (default 1e-4). */
  readonly threshold?: number
  /** Whether the smaller metric is the better one (`min`, default: a loss or an error) or the larger (`max`). */
  readonly mode?: 'min' | 'max'
  /** The rate falls no further than this (default 0). */
  readonly floor?: number
}

/** What `plateau` remembers. */
export interface PlateauState {
  /** The best metric so far; null before the first. */
  readonly best: number | null
  /** Epochs since it got better or the rate fell. */
  readonly waited: number
  /** How often the rate fell. */
  readonly falls: number
}

const rules: Rules<PlateauOptions> = {
  factor: (value) => positive(value) ?? belowOne(value),
  patience: wholeNumber(1),
  threshold: notNegative,
  mode: oneOf('min', 'max'),
  floor: notNegative,
}

/**
 * base · factorᵏ after k plateaus, each of `patience` epochs in a row whose metric is not better than the best one by
 * threshold·|best|. Throws `ValueError` for a number out of its range, and for a metric that is NaN. Krizhevsky, Sutskever
 * & Hinton (2012), section 5.
 */
export function plateau(options?: PlateauOptions): Schedule<PlateauState> {
  const checked = checkOptions('plateau', options, rules)
  const { factor = 0.1, patience = 5, threshold = 1e-4, mode = 'min', floor = 0 } = checked
  const improves = (metric: number, best: number): boolean =>
    mode === 'min' ? metric < best - threshold * Math.abs(best) : metric > best + threshold * Math.abs(best)
  return {
    initial: { best: null, waited: 0, falls: 0 },
    rate: (base, _, { falls }) => Math.max(base * factor ** falls, Math.min(floor, base)),
    observe(metric, { best, waited, falls }, epoch) {
      if (Number.isNaN(metric)) throw new ValueError(`the metric of epoch ${epoch} is NaN: the rate cannot follow it`)
      if (best === null || improves(metric, best)) return { best: metric, waited: 0, falls }
      return waited + 1 < patience ? { best, waited: waited + 1, falls } : { best, waited: 0, falls: falls + 1 }
    },
  }
}
