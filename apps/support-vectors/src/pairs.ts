// Pairs of digits: those of two classes that lie nearest each other, and pairs of one class at the same distances; what two vectors share.
import type { ClassNeighbours, FeatureMatrix } from '@scatterlab/learn'
import { ValueError } from '@scatterlab/tensor'

/** Two digits by their rows, and their distance in Φ. */
export interface Pair {
  readonly a: number
  readonly b: number
  readonly distance: number
}

/** The two kinds, in pairs of pairs: boundary[i] and same[i] are about as far apart. */
export interface Pairs {
  readonly boundary: readonly Pair[]
  readonly same: readonly Pair[]
}

/**
 * The `count` nearest pairs of two classes, each digit's nearest one, and for each a pair of one class, a digit and its nearest, whose
 * distance is nearest to that of the first; none is taken twice. Throws `ValueError` for fewer pairs than asked.
 */
export function closePairs({ same, other }: Pick<ClassNeighbours, 'same' | 'other'>, count: number): Pairs {
  const boundary = once(other).slice(0, count)
  const left = once(same)
  if (boundary.length < count || left.length < count) {
    const found = Math.min(boundary.length, left.length)
    throw new ValueError(`${found} pairs of nearest digits, not ${count}: give more digits, or ask for fewer pairs`)
  }
  // the longest first: long pairs of one class are rarer than short ones
  const matched = boundary.toReversed().map(({ distance }) => {
    let best = 0
    left.forEach((pair, i) => {
      if (Math.abs(pair.distance - distance) < Math.abs(left[best].distance - distance)) best = i
    })
    return left.splice(best, 1)[0]
  })
  return { boundary, same: matched.toReversed() }
}

/** Each unordered pair once, the nearest first. */
function once({ indices, distances }: ClassNeighbours['same']): Pair[] {
  const found = new Map<string, Pair>()
  indices.forEach((b, a) => found.set(`${Math.min(a, b)} ${Math.max(a, b)}`, { a, b, distance: distances[a] }))
  return [...found.values()].toSorted((p, q) => p.distance - q.distance || p.a - q.a)
}

/** What two digits share after some change of variable. */
export interface Shared {
  /** |supp ∩ supp'| / |supp ∪ supp'|. */
  readonly support: number
  /** Σ min(|z|, |z'|) / Σ max(|z|, |z'|): the same with weights, which also tells where all numbers are used. */
  readonly weighted: number
  readonly distance: number
}

/** Of rows a and b. Two vectors of zeros share all. */
export function sharedBy({ data, shape: [, columns] }: FeatureMatrix, { a, b }: Pick<Pair, 'a' | 'b'>): Shared {
  let [both, either, least, most, square] = [0, 0, 0, 0, 0]
  for (let c = 0; c < columns; c++) {
    const [x, y] = [data[a * columns + c], data[b * columns + c]]
    if (x !== 0 && y !== 0) both++
    if (x !== 0 || y !== 0) either++
    least += Math.min(Math.abs(x), Math.abs(y))
    most += Math.max(Math.abs(x), Math.abs(y))
    square += (x - y) ** 2
  }
  return {
    support: either === 0 ? 1 : both / either,
    weighted: most === 0 ? 1 : least / most,
    distance: Math.sqrt(square),
  }
}

/** How few numbers hold a vector. */
export interface Sparsity {
  /** Share of the numbers that are not 0. */
  readonly used: number
  /** ‖z‖₁/(√n ‖z‖₂): 1 where all are alike, 1/√n where one is all. */
  readonly ratio: number
  /** Gini index of |z|: 0 where all are alike, 1 − 1/n where one is all (Hurley and Rickard 2009). */
  readonly gini: number
}

/** Means over the rows that are not 0. */
export function sparsityOf({ data, shape: [rows, columns] }: FeatureMatrix): Sparsity {
  let [count, used, ratio, gini] = [0, 0, 0, 0]
  for (let i = 0; i < rows; i++) {
    const sizes = Float64Array.from(data.subarray(i * columns, (i + 1) * columns), Math.abs).sort()
    const sum = sizes.reduce((total, size) => total + size, 0)
    if (sum === 0) continue
    count++
    used += sizes.filter((size) => size > 0).length / columns
    ratio += sum / Math.sqrt(columns * sizes.reduce((total, size) => total + size * size, 0))
    gini += 1 - 2 * sizes.reduce((total, size, k) => total + (size / sum) * ((columns - k - 0.5) / columns), 0)
  }
  return { used: used / count, ratio: ratio / count, gini: gini / count }
}
