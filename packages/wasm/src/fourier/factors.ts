// How a Fourier transform falls apart into shorter ones, and what it costs about. Numbers only, no kernels.

/** Prime factors whose butterflies are short, and all that a butterfly in registers is made for. */
const SHORT_RADICES = [2, 3, 5]
const RADICES = [...SHORT_RADICES, 7, 11, 13, 17, 19, 23]
/** Lengths whose transform is one butterfly. */
const BUTTERFLIES: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 11, 13, 17, 19, 23]
/** Longer transforms are done by loops: those of short butterflies, and others, whose code would outgrow the cache. */
const LONGEST_STRAIGHT = [80, 40] as const

/** Whether n has no prime factor above 23. */
export const isSmooth = (n: number): boolean => without(n, RADICES) === 1

/** Whether a transform of n points is written out in full, so that it sees the true index of what it reads and writes. */
export const isStraight = (n: number): boolean =>
  isSmooth(n) && n <= LONGEST_STRAIGHT[without(n, SHORT_RADICES) === 1 ? 0 : 1]

function without(n: number, primes: readonly number[]): number {
  let rest = n
  for (const p of primes) while (rest > 1 && rest % p === 0) rest /= p
  return rest
}

/**
 * The two factors that a transform of n points is done in, or null where n is a prime or one butterfly does it. Of factors
 * that are both written out in full, coprime ones come first (no twiddle factors), then the most balanced; the larger one
 * is first. Where there are none, the second is the longest that can be written out, or the smallest prime.
 */
export function factors(n: number): readonly [number, number] | null {
  if (BUTTERFLIES.includes(n)) return null
  let best: readonly [number, number] | null = null
  let other: readonly [number, number] | null = null
  let [longest, cost] = [0, Infinity]
  for (let a = 2; a * a <= n; a++) {
    if (n % a !== 0) continue
    const b = n / a
    const straight = isStraight(b) ? b : isStraight(a) ? a : 0
    if (straight > longest || other === null) [longest, other] = [straight, straight === b ? [a, b] : [b, a]]
    if (!isStraight(a) || !isStraight(b)) continue
    const imbalance = b / a + (greatestCommonDivisor(a, b) === 1 ? 0 : 4)
    if (imbalance < cost) [best, cost] = [[b, a], imbalance]
  }
  return best ?? other
}

/** How many points the cyclic convolution has that a transform of p points is done by, p a prime above 23. */
export function convolutionLength(p: number): number {
  const longer = smoothFrom(2 * p - 3)
  return convolutionCost(p, p - 1) <= convolutionCost(p, longer) ? p - 1 : longer
}

/** What a transform of n points costs, in some 0.03 ns of a core of 2024 with four transforms at a time. */
function cost(n: number): number {
  const pair = factors(n)
  if (pair !== null) return (cost(pair[0]) / pair[0] + cost(pair[1]) / pair[1] + 2) * n
  if (isSmooth(n)) return (n <= 8 && n !== 7 ? 2.4 * Math.log2(n) : 1.35 * n + 2) * n
  return convolutionCost(n, convolutionLength(n))
}

/** A convolution within one keeps less of its code and its numbers in the caches. */
const convolutionCost = (p: number, length: number): number =>
  2 * cost(length) + (length > p - 1 || isSmooth(length) ? 10 : 20) * length

function smoothFrom(least: number): number {
  let n = least
  while (without(n, SHORT_RADICES) > 1) n++
  return n
}

/** How a transform of n1·n2 points falls apart into transforms of n1 and of n2 points. */
export interface IndexMap {
  readonly input: (i1: number, i2: number) => number
  readonly output: (k1: number, k2: number) => number
  /** The twiddle factor between the two is e^{sign·2πi·turn}. */
  readonly turn: (k1: number, i2: number) => number
}

/** Good–Thomas for coprime factors, Cooley–Tukey for others. */
export function indexMap(n1: number, n2: number): IndexMap {
  const n = n1 * n2
  if (greatestCommonDivisor(n1, n2) > 1) {
    return {
      input: (i1, i2) => n2 * i1 + i2,
      output: (k1, k2) => k1 + n1 * k2,
      turn: (k1, i2) => (k1 * i2) / n,
    }
  }
  const first = n2 * inverse(n2, n1)
  const second = n1 * inverse(n1, n2)
  return {
    input: (i1, i2) => (n2 * i1 + n1 * i2) % n,
    output: (k1, k2) => (first * k1 + second * k2) % n,
    turn: () => 0,
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** a⁻¹ modulo n. */
function inverse(a: number, n: number): number {
  for (let i = 1; i < n; i++) if ((a * i) % n === 1) return i
  return 0
}
