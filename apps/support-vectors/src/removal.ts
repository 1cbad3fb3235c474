// What a linear read-out of the codes loses with an atom: it is taken out at all positions, and the label is read again.
import type { FeatureMatrix, LinearClassifier } from '@scatterlab/learn'
import { type Random, ValueError } from '@scatterlab/tensor'
import type { Pair } from './pairs.ts'

/** What each atom brings to the scores of each digit. */
export interface Brought {
  readonly atoms: number
  readonly classes: number
  /** Scores of a digit as it is, [digits, classes]. */
  readonly scores: Float64Array
  /** Σ_u z[u, k]·w[u, k, class]: [digits, atoms, classes]. */
  readonly parts: Float64Array
  /** Σ_u z[u, k]: [digits, atoms]. */
  readonly use: Float64Array
}

/** Of codes [digits, positions·atoms] and a classifier of them. Throws `ValueError` where their lengths differ. */
export function broughtBy(
  codes: FeatureMatrix,
  atoms: number,
  { weights, intercept, classes }: LinearClassifier,
): Brought {
  const [digits, columns] = codes.shape
  if (weights.length !== columns * classes || columns % atoms !== 0) {
    throw new ValueError(
      `codes of ${columns} numbers for ${atoms} atoms and ${weights.length} weights: give those of one read-out`,
    )
  }
  const scores = new Float64Array(digits * classes)
  const parts = new Float64Array(digits * atoms * classes)
  const use = new Float64Array(digits * atoms)
  for (let digit = 0; digit < digits; digit++) {
    scores.set(intercept, digit * classes)
    for (let at = 0; at < columns; at++) {
      const z = codes.data[digit * columns + at]
      if (z === 0) continue
      const own = digit * atoms + (at % atoms)
      use[own] += Math.abs(z)
      for (let c = 0; c < classes; c++) {
        parts[own * classes + c] += z * weights[at * classes + c]
        scores[digit * classes + c] += z * weights[at * classes + c]
      }
    }
  }
  return { atoms, classes, scores, parts, use }
}

/** The label of a digit without some atoms. */
export function labelWithout(
  { atoms, classes, scores, parts }: Brought,
  digit: number,
  without: Iterable<number>,
): number {
  const own = scores.slice(digit * classes, (digit + 1) * classes)
  for (const k of without) {
    for (let c = 0; c < classes; c++) own[c] -= parts[(digit * atoms + k) * classes + c]
  }
  return own.indexOf(Math.max(...own))
}

/** The atoms whose removal alone changes the label of a digit. */
export function flippingAtoms(brought: Brought, digit: number): number[] {
  const label = labelWithout(brought, digit, [])
  return Array.from({ length: brought.atoms }, (_, k) => k).filter(
    (k) => brought.use[digit * brought.atoms + k] > 0 && labelWithout(brought, digit, [k]) !== label,
  )
}

/** The share of the digits of pairs whose label changes without so many of the atoms that the pair uses: the most used, or some of them. */
export function flippedShare(brought: Brought, pairs: readonly Pair[], count: number, drawn?: Random): number {
  const { atoms, use } = brought
  let flipped = 0
  for (const { a, b } of pairs) {
    const together = Float64Array.from({ length: atoms }, (_, k) => use[a * atoms + k] + use[b * atoms + k])
    const used = Array.from(together.keys()).filter((k) => together[k] > 0)
    const order = drawn
      ? Array.from(drawn.permutation(used.length), (i) => used[i])
      : used.toSorted((k, l) => together[l] - together[k])
    for (const digit of [a, b]) {
      if (labelWithout(brought, digit, order.slice(0, count)) !== labelWithout(brought, digit, [])) flipped++
    }
  }
  return flipped / (2 * pairs.length)
}
