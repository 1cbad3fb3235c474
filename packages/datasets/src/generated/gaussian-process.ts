// Stationary Gaussian sequences of a given covariance, exactly: by a circulant matrix whose eigenvalues are a Fourier transform.
import { type Random, ValueError, linesDft } from '@scatterlab/tensor'

/** Sequences of one covariance. */
export interface GaussianProcess {
  /** Numbers of white noise that a sequence is made of, twice. */
  readonly period: number
  /** Makes of two arrays of white noise [period][count], in place, `count` sequences [length][count]. */
  coloured(re: Float64Array, im: Float64Array, count: number): Float64Array
  /** `count` sequences beside each other, [length][count]. Default one. */
  draw(stream: Random, count?: number): Float64Array
}

/** Below this share of the largest an eigenvalue is 0 up to rounding. */
const ROUNDING = 1e-10

/**
 * Sequences with E x_t x_{t+l} = covariance(l) exactly, for l < length (Davies & Harte 1987; Dietrich & Newsam 1997). Throws `ValueError` for a
 * covariance that no circulant of twice the length continues.
 */
export function gaussianProcess(length: number, covariance: (lag: number) => number): GaussianProcess {
  const half = 2 ** Math.ceil(Math.log2(Math.max(2, length)))
  const period = 2 * half
  const eigenvalues = Float64Array.from({ length: period }, (_, i) => covariance(Math.min(i, period - i)))
  linesDft(period).transform(eigenvalues, new Float64Array(period), -1)
  const largest = eigenvalues.reduce((most, v) => Math.max(most, v), 0)
  if (eigenvalues.some((v) => v < -ROUNDING * largest))
    throw new ValueError(`the covariance is not one of a stationary process of ${length} numbers: give another`)
  const gains = eigenvalues.map((v) => Math.sqrt(Math.max(0, v) / period))
  const coloured: GaussianProcess['coloured'] = (re, im, count) => {
    for (const part of [re, im]) for (let i = 0; i < part.length; i++) part[i] *= gains[Math.floor(i / count)]
    linesDft(period).transform(re, im, -1, count)
    return re.slice(0, length * count)
  }
  return {
    period,
    coloured,
    draw(stream, count = 1) {
      const white = (): Float64Array => stream.fillNormal(new Float64Array(period * count))
      return coloured(white(), white(), count)
    },
  }
}
