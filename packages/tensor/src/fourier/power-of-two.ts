// Fourier transform of one line of 2^k points by fft.js, and the only file that imports it.
// Lines are interleaved re, im, re, im, …, as that library wants them; lone-line.ts uses it.

import FFT from 'fft.js'

/** Transforms of one interleaved complex line of fixed power-of-two length, out of place. */
export interface PowerOfTwo {
  readonly length: number
  /** out[k] = Σ_j line[j] e^{-2πi·jk/length}; `out` and `line` hold 2·length reals and must differ. */
  forward(out: Float64Array, line: Float64Array): void
}

/** Plans the transforms of length 2, 4, 8, …. */
export function powerOfTwo(length: number): PowerOfTwo {
  const fft = new FFT(length)
  return {
    length,
    forward: (out, line) => fft.transform(out, line),
  }
}
