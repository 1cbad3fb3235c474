// The transform of one length, with fft.js for a line of 2^k points that comes alone: the mixed-radix transform gains its speed from lines
// side by side.
import { type Dft, forwardOf, planOf } from './dft.ts'
import type { ForwardLines } from './dft-mixed-radix.ts'
import { powerOfTwo } from './power-of-two.ts'

const plans = new Map<number, Dft>()

/**
 * The transform of the given length, any whole number from 1 to 2^23; its tables are made once per length and kept.
 * Powers of two go through fft.js where a line comes alone, lengths 2^a·3^b·5^c through a mixed-radix transform over
 * all lines at once, all others through Bluestein's chirp transform, at about a tenth of the speed.
 * Throws `ValueError` for any other length.
 */
export function dft(length: number): Dft {
  let plan = plans.get(length)
  if (plan === undefined) plans.set(length, (plan = planOf(length, withLoneLines(length))))
  return plan
}

function withLoneLines(length: number): ForwardLines {
  const together = forwardOf(length)
  if (length === 1 || Math.log2(length) % 1 !== 0) return together
  const fft = powerOfTwo(length)
  const line = new Float64Array(2 * length)
  const spectrum = new Float64Array(2 * length)
  return (re, im, count, offset) => {
    if (count !== 1) return together(re, im, count, offset)
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
