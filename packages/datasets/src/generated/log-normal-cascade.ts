// A log-normal cascade: a square is halved again and again, and each piece multiplied by a weight of its own.
import { type ShapedArray, aSeed, checkOptions, numberFrom, random, wholeNumber } from '@scatterlab/tensor'

/** Which cascade. */
export interface LogNormalCascadeOptions {
  /** A power of two. */
  readonly side: number
  /** μ: E M² = side^μ. Default 0.3. */
  readonly intermittency?: number
  /** Default 0. */
  readonly seed?: number | string
}

/**
 * M = Π_j W_j over the log₂(side) squares that hold a pixel, W independent and log-normal with mean 1: ln W of variance μ ln 2 and mean −½μ ln 2.
 * E M^q = side^{μ(q² − q)/2}, and two pixels are alike as far as their squares are the same (Yaglom 1966; Mandelbrot 1974). Throws `ValueError` for
 * options out of range.
 */
export function logNormalCascade(given: LogNormalCascadeOptions): ShapedArray<Float64Array> {
  const rules = {
    side: (value: unknown) =>
      wholeNumber(1, 4096)(value) ?? (Number.isInteger(Math.log2(value as number)) ? undefined : 'a power of two'),
    intermittency: numberFrom(0, 2),
    seed: aSeed,
  }
  const { side, intermittency = 0.3, seed = 0 } = checkOptions('logNormalCascade', given, rules, ['side'])
  const stream = random(seed)
  const variance = intermittency * Math.LN2
  let logs = new Float64Array(1)
  for (let pieces = 2; pieces <= side; pieces *= 2) {
    const weights = stream.fillNormal(new Float64Array(pieces * pieces), -variance / 2, Math.sqrt(variance))
    const coarser = logs
    logs = weights.map((w, i) => {
      const [row, column] = [Math.floor(i / pieces), i % pieces]
      return w + coarser[(row >> 1) * (pieces / 2) + (column >> 1)]
    })
  }
  return { data: logs.map(Math.exp), shape: [side, side] }
}
