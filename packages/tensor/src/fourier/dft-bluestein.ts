// Fourier transform of any length as a circular convolution of power-of-two length (Bluestein's chirp transform).
// For lengths with a prime factor above 5; the others have faster and more accurate ways.

import type { ForwardLines } from './dft-mixed-radix.ts'
import { rootsOfUnity } from './dft-roots.ts'
import { powerOfTwo } from './power-of-two.ts'

/**
 * Plans the forward transform of any length ≥ 2. With c_k = e^{-πi·k²/n}, from 2jk = j² + k² - (k-j)²:
 * X_k = c_k Σ_j (x_j c_j) c̄_{k-j}, a convolution, done at the first power of two ≥ 2n - 1.
 * Source: Bluestein, IEEE Trans. Audio Electroacoust. 18 (1970) 451.
 */
export function bluestein(length: number): ForwardLines {
  const padded = 2 ** Math.ceil(Math.log2(2 * length - 1))
  const fft = powerOfTwo(padded)
  // k² is reduced mod 2n in integers, so that the chirp is as accurate at its end as at its start
  const chirp = rootsOfUnity(2 * length, length, (k) => k * k)
  const line = new Float64Array(2 * padded)
  const spectrum = new Float64Array(2 * padded)
  const kernel = new Float64Array(2 * padded)
  for (let k = 0; k < length; k++) {
    const mirrored = (padded - k) % padded
    line[2 * k] = line[2 * mirrored] = chirp[2 * k]
    line[2 * k + 1] = line[2 * mirrored + 1] = -chirp[2 * k + 1]
  }
  fft.forward(kernel, line)

  return (re, im, count, offset) => {
    for (let start = offset; start < offset + count; start++) {
      line.fill(0, 2 * length)
      for (let k = 0, at = start; k < 2 * length; k += 2, at += count) {
        line[k] = re[at] * chirp[k] - im[at] * chirp[k + 1]
        line[k + 1] = re[at] * chirp[k + 1] + im[at] * chirp[k]
      }
      fft.forward(spectrum, line)
      for (let k = 0; k < 2 * padded; k += 2) {
        const sr = spectrum[k]
        const si = spectrum[k + 1]
        spectrum[k] = sr * kernel[k] - si * kernel[k + 1]
        spectrum[k + 1] = sr * kernel[k + 1] + si * kernel[k]
      }
      fft.inverse(line, spectrum)
      for (let k = 0, at = start; k < 2 * length; k += 2, at += count) {
        re[at] = line[k] * chirp[k] - line[k + 1] * chirp[k + 1]
        im[at] = line[k] * chirp[k + 1] + line[k + 1] * chirp[k]
      }
    }
  }
}
