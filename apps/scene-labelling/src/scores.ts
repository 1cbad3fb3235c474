// How good labels are: counts of true against given classes, and the two accuracies of the papers. Pixels without a class count nowhere.

/** Counts of pixels: [true class][given class]. */
export interface Confusion {
  readonly classes: number
  readonly counts: Float64Array
}

/** A confusion of no pixels. */
export const noPixels = (classes: number): Confusion => ({ classes, counts: new Float64Array(classes * classes) })

/** Counts pixels whose true class is known; a pixel given no class (`given` from `classes` on) is a RangeError. */
export function count({ classes, counts }: Confusion, truth: Uint8Array, given: Uint8Array): void {
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] >= classes) continue
    if (given[i] >= classes) throw new RangeError(`pixel ${i} was given no class: ${given[i]}`)
    counts[truth[i] * classes + given[i]]++
  }
}

/** What is read off a confusion, in per cent. */
export interface Scores {
  /** Pixels that are right, out of `pixels`. */
  readonly right: number
  readonly pixels: number
  readonly pixelAccuracy: number
  /** Mean over classes that occur of the share of their pixels that is right. */
  readonly classAccuracy: number
  /** Mean over the same of right / (true or given). */
  readonly meanIoU: number
  /** Of each class; NaN where it does not occur. */
  readonly byClass: readonly number[]
}

/** The scores of a confusion. */
export function scoresOf({ classes, counts }: Confusion): Scores {
  const at = (truth: number, given: number): number => counts[truth * classes + given]
  const every = Array.from({ length: classes }, (_, c) => c)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const own = every.map((c) => sum(every.map((given) => at(c, given))))
  const given = every.map((c) => sum(every.map((truth) => at(truth, c))))
  const right = sum(every.map((c) => at(c, c)))
  const present = every.filter((c) => own[c] > 0)
  const mean = (value: (c: number) => number): number => (100 * sum(present.map(value))) / present.length
  return {
    right,
    pixels: sum(own),
    pixelAccuracy: (100 * right) / sum(own),
    classAccuracy: mean((c) => at(c, c) / own[c]),
    meanIoU: mean((c) => at(c, c) / (own[c] + given[c] - at(c, c))),
    byClass: every.map((c) => (100 * at(c, c)) / own[c]),
  }
}
