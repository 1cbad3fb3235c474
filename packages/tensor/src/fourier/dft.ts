// Discrete Fourier transforms of any length on raw double-precision planes: the work horse of the reference (operations/fft.ts).
// Here a length gets its algorithm; the algorithms are in dft-mixed-radix.ts and dft-bluestein.ts, and lone-line.ts has another for one line.
// No arrays with shapes, no normalisation and no 2-D here.

import { shown } from '../check-options.ts'
import { bluestein } from './dft-bluestein.ts'
import { type ForwardLines, isSmooth, mixedRadix } from './dft-mixed-radix.ts'
import { ValueError } from '../errors.ts'

/** The discrete Fourier transform of one length. */
export interface Dft {
  /** Numbers of a line. */
  readonly length: number
  /**
   * X[k] = Σ_j x[j] e^{sign·2πi·jk/length}, unnormalised, in place: sign -1 is the forward transform, and sign +1 after
   * it gives length·x.
   *
   * `re` and `im` hold `count` (1) independent lines as a planar block [length][count], line innermost and contiguous,
   * that starts at element `offset` (0); nothing else is touched. The error is a few units of 1e-16·log2(length) relative
   * to the norm of the line. A line gives the same bits whatever `count` ≥ 2 it is among; alone, a power of two goes
   * another way, which rounds differently.
   *
   * Throws {@link ValueError} when the block does not fit.
   */
  transform(re: Float64Array, im: Float64Array, sign: -1 | 1, count?: number, offset?: number): void
}

/** The longest transform: beyond it the tables of fft.js (plain arrays) would turn into hash maps. */
const MAX_LENGTH = 2 ** 23

const plans = new Map<number, Dft>()

/**
 * The transform of the given length, any whole number from 1 to 2^23; its tables are made once per length and kept.
 * Lengths 2^a·3^b·5^c go through a mixed-radix transform over all lines at once, all others through Bluestein's chirp
 * transform, at about a tenth of the speed. Throws {@link ValueError} for any other length.
 */
export function linesDft(length: number): Dft {
  let plan = plans.get(length)
  if (plan === undefined) plans.set(length, (plan = planOf(length, forwardOf(length))))
  return plan
}

/** A transform in both directions from one forward, for blocks that are checked. */
export const planOf = (length: number, forward: ForwardLines): Dft => ({
  length,
  transform(re, im, sign, count = 1, offset = 0) {
    checkBlock(length, re, im, count, offset)
    // swapping the planes conjugates (up to a factor i) both what goes in and what comes out
    if (sign === 1) forward(im, re, count, offset)
    else forward(re, im, count, offset)
  },
})

/** The forward transform of many lines. Throws {@link ValueError} for a length that has none. */
export function forwardOf(length: number): ForwardLines {
  if (!Number.isInteger(length) || length < 1 || length > MAX_LENGTH) {
    throw new ValueError(
      `length ${shown(length)} cannot be transformed: give a whole number from 1 to 2^23 = ${MAX_LENGTH}`,
    )
  }
  if (length === 1) return () => {}
  return isSmooth(length) ? mixedRadix(length) : bluestein(length)
}

function checkBlock(length: number, re: Float64Array, im: Float64Array, count: number, offset: number): void {
  if (!Number.isInteger(count) || count < 0) throw new ValueError(`count ${count}: give a whole number of lines`)
  if (!Number.isInteger(offset) || offset < 0) throw new ValueError(`offset ${offset}: give a whole number of elements`)
  const needed = offset + length * count
  if (needed > re.length || needed > im.length) {
    throw new ValueError(
      `${count} lines of length ${length} from offset ${offset} need ${needed} elements, but re has ${re.length} and ` +
        `im has ${im.length}: give longer arrays or fewer lines`,
    )
  }
}
