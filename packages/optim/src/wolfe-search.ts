// Search along a line for a step that satisfies the strong Wolfe conditions: φ(t) ≤ φ(0) + c₁tφ′(0), |φ′(t)| ≤ c₂|φ′(0)|.
// What a step is made of is the caller's; here are only the numbers along the line.

/** Constants of the strong Wolfe conditions, 0 < c₁ < c₂ < 1. */
export interface WolfeConstants {
  /** c₁: the value decreases by at least this share of what the slope promises. */
  readonly c1: number
  /** c₂: the slope shrinks at least to this share. */
  readonly c2: number
}

/** A point of the line. */
export interface Trial {
  /** t */
  readonly step: number
  /** φ(t) */
  readonly value: number
  /** φ′(t) */
  readonly slope: number
}

/** What the search rests on. */
export interface SearchOptions extends WolfeConstants {
  /** The first step to try. */
  readonly first: number
  /** Differences of the value below this are rounding: then the slopes alone decide. */
  readonly noise: number
  /** Steps that differ by less are one point. */
  readonly resolution: number
}

/** Where a search ended. */
export interface Found<T extends Trial> {
  /** The best step; the origin where no step decreases the value. */
  readonly low: T
  /** The step that is known to be too long, if there is one. */
  readonly high: T | null
  /** Whether `low` satisfies both conditions, the first up to noise. */
  readonly accepted: boolean
}

const MOST_TRIALS = 30
/** By how much a step that is too short may be prolonged. */
const LONGEST = 10

const isFinite = ({ value, slope }: Trial): boolean => Number.isFinite(value) && Number.isFinite(slope)

/** Whether a trial satisfies both conditions, exactly. */
export const satisfiesWolfe = (origin: Trial, trial: Trial, { c1, c2 }: WolfeConstants): boolean =>
  trial.value <= origin.value + c1 * trial.step * origin.slope && Math.abs(trial.slope) <= -c2 * origin.slope

/**
 * Brackets a step and closes in on it by cubic interpolation. Values that are not finite count as too long a step. Nocedal &
 * Wright (2006), algorithms 3.5 and 3.6; where values differ by no more than their rounding, the approximate conditions of
 * Hager & Zhang (2005), section 2.
 */
export async function wolfeSearch<T extends Trial>(
  origin: T,
  evaluate: (step: number) => Promise<T>,
  { c1, c2, first, noise, resolution }: SearchOptions,
): Promise<Found<T>> {
  const decreases = ({ step, value }: Trial): boolean =>
    value <= origin.value + c1 * step * origin.slope || Math.abs(value - origin.value) < noise
  let low = origin
  let high: T | null = null
  let before: T = origin
  let step = first
  const widths = [Infinity, Infinity]
  for (let trials = 1; trials <= MOST_TRIALS; trials++) {
    const trial = await evaluate(step)
    if (!isFinite(trial) || !decreases(trial) || trial.value > low.value + noise) high = trial
    else if (Math.abs(trial.slope) <= -c2 * origin.slope) return { low: trial, high, accepted: true }
    else {
      const onward = high === null ? 1 : high.step - low.step
      before = low
      if (trial.slope * onward >= 0) high = low
      low = trial
    }
    if (high === null) step = prolonged(before, low)
    else {
      const width = Math.abs(high.step - low.step)
      if (width <= resolution) break
      // an interval that does not shrink by a third in two trials is halved
      step = width > 0.66 * widths[0] ? (low.step + high.step) / 2 : between(low, high, noise)
      widths.shift()
      widths.push(width)
    }
  }
  return { low, high, accepted: false }
}

/** Where the cubic beyond two points that lead downhill has its minimum, within bounds. */
function prolonged(before: Trial, low: Trial): number {
  const guess = cubicMinimum(before, low)
  const least = low.step + 0.1 * (low.step - before.step)
  return guess > low.step ? Math.min(Math.max(guess, least), LONGEST * low.step) : LONGEST * low.step
}

/** A step between two, away from both ends. */
function between(low: Trial, high: Trial, noise: number): number {
  const width = high.step - low.step
  if (!isFinite(high)) return low.step + width / 2
  const guess =
    Math.abs(high.value - low.value) <= noise
      ? low.step - (low.slope * width) / (high.slope - low.slope)
      : cubicMinimum(low, high)
  const share = (guess - low.step) / width
  return low.step + width * (share > 0 && share < 1 ? Math.min(Math.max(share, 0.02), 0.98) : 0.5)
}

/** The minimum of the cubic with these values and slopes at two steps; NaN if it has none. Nocedal & Wright, equation 3.59. */
function cubicMinimum(a: Trial, b: Trial): number {
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.step - b.step)
  const d2 = Math.sign(b.step - a.step) * Math.sqrt(d1 * d1 - a.slope * b.slope)
  return b.step - ((b.step - a.step) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2)
}
