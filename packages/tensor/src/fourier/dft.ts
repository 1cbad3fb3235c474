// Discrete Fourier transforms of any length on raw double-precision planes: the work horse of the reference (operations/fft.ts).
// Here a length gets its algorithm; the algorithms are in power-of-two.ts, dft-mixed-radix.ts and dft-bluestein.ts.
// No arrays with shapes, no normalisation and no 2-D here.

import { shown } from '../check-options.ts'
import { bluestein } from './dft-bluestein.ts'
import { type ForwardLines, isSmooth, mixedRadix } from './dft-mixed-radix.ts'
import { ValueError } from '../errors.ts'
import { powerOfTwo } from './power-of-two.ts'

/** The discrete Fourier transform of one length. */
export interface Dft {
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
 * Powers of two go through fft.js where a line comes alone, lengths 2^a·3^b·5^c through a mixed-radix transform over
 * all lines at once, all others through Bluestein's chirp transform, at about a tenth of the speed.
 * Throws {@link ValueError} for any other length.
 */
export function dft(length: number): Dft {
  let plan = plans.get(length)
  if (plan === undefined) plans.set(length, (plan = planDft(length)))
  return plan
}

function planDft(length: number): Dft {
  if (!Number.isInteger(length) || length < 1 || length > MAX_LENGTH) {
    throw new ValueError(
      `length ${shown(length)} cannot be transformed: give a whole number from 1 to 2^23 = ${MAX_LENGTH}`,
    )
  }
  const forward = planForward(length)
  return {
    length,
    transform(re, im, sign, count = 1, offset = 0) {
      checkBlock(length, re, im, count, offset)
      // swapping the planes conjugates (up to a factor i) both what goes in and what comes out
      if (sign === 1) forward(im, re, count, offset)
      else forward(re, im, count, offset)
    },
  }
}

function planForward(length: number): ForwardLines {
  if (length === 1) return () => {}
  if (!isSmooth(length)) return bluestein(length)
  const together = mixedRadix(length)
  if (Math.log2(length) % 1 !== 0) return together
  const alone = lonePowerOfTwo(length)
  return (re, im, count, offset) => (count === 1 ? alone : together)(re, im, count, offset)
}

function lonePowerOfTwo(length: number): ForwardLines {
  const fft = powerOfTwo(length)
  const line = new Float64Array(2 * length)
  const spectrum = new Float64Array(2 * length)
  return (re, im, _count, offset) => {
    for (let j = 0; j < length; j++) {
      line[2 * j] = re[offset + j]
      line[2 * j + 1] = im[offset + j]
    }
    fft.forward(spectrum, line)
    for (let k = 0; k < length; k++) {
      re[offset + k] = spectrum[2 * k]
      im[offset + k] = spectrum[2 * k + 1]
    }
  }
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
