// Several classes as problems of two: every class against every other, or each against the rest; and the way back, from the
// values that the two-class machines give to a score of every class.

/** A problem of two classes: samples of `positive` are +1, those of `negative`, or of all other classes where it is null, −1. */
export interface TwoClasses {
  /** The class on the side of values above 0. */
  readonly positive: number
  /** The class on the other side; null for all others. */
  readonly negative: number | null
}

/** How several classes become problems of two. */
export type Decision = 'oneVsOne' | 'oneVsRest'

/** All problems: the pairs (0, 1), (0, 2), … or, of two classes, the one pair in either way; else each class against the rest. */
export function problemsOf(classes: number, decision: Decision): TwoClasses[] {
  const list: TwoClasses[] = []
  for (let positive = 0; positive < classes; positive++) {
    if (decision === 'oneVsRest' && classes > 2) list.push({ positive, negative: null })
    else for (let negative = positive + 1; negative < classes; negative++) list.push({ positive, negative })
  }
  return list
}

/** The rows that take part in a problem, and their labels ±1. */
export function problemSamples(
  labels: Int32Array,
  rows: Int32Array,
  { positive, negative }: TwoClasses,
): { rows: Int32Array; y: Float64Array } {
  const own = negative === null ? rows : rows.filter((row) => labels[row] === positive || labels[row] === negative)
  return { rows: own, y: Float64Array.from(own, (row) => (labels[row] === positive ? 1 : -1)) }
}

/**
 * Scores of the classes from the values of all problems [samples, problems], in place of one another: the values themselves of each
 * class against the rest; of pairs the votes, plus less than half a vote for the sum of the values, as in scikit-learn, which settles
 * equal votes.
 */
export function scoresFrom(values: Float64Array, problems: readonly TwoClasses[], classes: number): Float64Array {
  if (problems[0].negative === null) return values
  const samples = values.length / problems.length
  const scores = new Float64Array(samples * classes)
  const sums = new Float64Array(classes)
  for (let i = 0; i < samples; i++) {
    sums.fill(0)
    problems.forEach(({ positive, negative }, p) => {
      const value = values[i * problems.length + p]
      scores[i * classes + (value > 0 ? positive : negative!)] += 1
      sums[positive] += value
      sums[negative!] -= value
    })
    for (let k = 0; k < classes; k++) scores[i * classes + k] += sums[k] / (3 * (Math.abs(sums[k]) + 1))
  }
  return scores
}
