// Fourier transform of any length as a circular convolution of power-of-two length (Bluestein's chirp transform).
// For lengths with a prime factor above 5; the others have faster and more accurate ways.

import { type ForwardLines, mixedRadix } from './dft-mixed-radix.ts'
import { rootsOfUnity } from './dft-roots.ts'

/** Numbers of lines that are transformed side by side, in each of two planes: what a small cache holds. */
const BLOCK = 16384

/**
 * Plans the forward transform of any length ≥ 2. With c_k = e^{-πi·k²/n}, from 2jk = j² + k² - (k-j)²:
 * X_k = c_k Σ_j (x_j c_j) c̄_{k-j}, a convolution, done at the first power of two ≥ 2n - 1.
 * Source: Bluestein, IEEE Trans. Audio Electroacoust. 18 (1970) 451.
 */
export function bluestein(length: number): ForwardLines {
  const padded = 2 ** Math.ceil(Math.log2(2 * length - 1))
  const transform = mixedRadix(padded)
  // k² is reduced mod 2n in integers, so that the chirp is as accurate at its end as at its start
  const chirp = rootsOfUnity(2 * length, length, (k) => k * k)
  const most = Math.max(1, Math.floor(BLOCK / padded))
  const blockRe = new Float64Array(padded * most)
  const blockIm = new Float64Array(padded * most)
  const kernelRe = new Float64Array(padded)
  const kernelIm = new Float64Array(padded)
  for (let k = 0; k < length; k++) {
    const mirrored = (padded - k) % padded
    kernelRe[k] = kernelRe[mirrored] = chirp[2 * k] / padded
    kernelIm[k] = kernelIm[mirrored] = -chirp[2 * k + 1] / padded
  }
  transform(kernelRe, kernelIm, 1, 0)

  return (re, im, count, offset) => {
    for (let first = 0; first < count; first += most) {
      const lines = Math.min(most, count - first)
      blockRe.fill(0, length * lines, padded * lines)
      blockIm.fill(0, length * lines, padded * lines)
      for (let k = 0, at = 0; k < length; k++) {
        const [c, s] = [chirp[2 * k], chirp[2 * k + 1]]
        const from = offset + k * count + first
        for (let line = 0; line < lines; line++, at++) {
          blockRe[at] = re[from + line] * c - im[from + line] * s
          blockIm[at] = re[from + line] * s + im[from + line] * c
        }
      }
      transform(blockRe, blockIm, lines, 0)
      for (let k = 0, at = 0; k < padded; k++) {
        const [c, s] = [kernelRe[k], kernelIm[k]]
        for (let line = 0; line < lines; line++, at++) {
          const [r, i] = [blockRe[at], blockIm[at]]
          blockRe[at] = r * c - i * s
          blockIm[at] = r * s + i * c
        }
      }
      // with the planes exchanged it is the inverse
      transform(blockIm, blockRe, lines, 0)
      for (let k = 0, at = 0; k < length; k++) {
        const [c, s] = [chirp[2 * k], chirp[2 * k + 1]]
        const to = offset + k * count + first
        for (let line = 0; line < lines; line++, at++) {
          re[to + line] = blockRe[at] * c - blockIm[at] * s
          im[to + line] = blockRe[at] * s + blockIm[at] * c
        }
      }
    }
  }
}
