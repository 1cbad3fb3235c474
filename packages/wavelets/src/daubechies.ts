// The taps of Daubechies' filters, computed, not tabled: the minimum-phase root of |ĥ|², by the cepstrum.
import { linesDft } from '@scatterlab/tensor'

/** Points of the circle: the cepstrum falls off like 2^{−n} at least, long before these end. */
const POINTS = 1024

const kept = new Map<number, Float64Array>()

/**
 * h[0 … 2p − 1] of the orthonormal wavelet with p vanishing moments and the shortest support, Σh = √2 (Daubechies 1988):
 * |ĥ|² = 2 cos^{2p}(ω/2) P(sin²(ω/2)), P(y) = Σ_{k<p} C(p−1+k, k) y^k. P is positive, so that log P is smooth, and the causal half of its
 * Fourier series is the logarithm of the root whose zeros lie inside the circle.
 */
export function daubechiesTaps(p: number): Float64Array {
  const found = kept.get(p) ?? taps(p)
  kept.set(p, found)
  return found
}

function taps(p: number): Float64Array {
  const re = new Float64Array(POINTS)
  const im = new Float64Array(POINTS)
  for (let k = 0; k < POINTS; k++) re[k] = Math.log(polynomial(p, Math.sin((Math.PI * k) / POINTS) ** 2)) / 2
  const plan = linesDft(POINTS)
  plan.transform(re, im, 1)
  for (let n = 0; n < POINTS; n++) {
    const causal = n === 0 || n === POINTS / 2 ? 1 : n < POINTS / 2 ? 2 : 0
    re[n] *= causal / POINTS
    im[n] = 0
  }
  plan.transform(re, im, -1)
  for (let k = 0; k < POINTS; k++) {
    const modulus = Math.exp(re[k])
    re[k] = modulus * Math.cos(im[k])
    im[k] = modulus * Math.sin(im[k])
  }
  plan.transform(re, im, 1)
  // the root is a polynomial of degree p − 1; times ((1 + z)/2)^p
  let h = re.slice(0, p).map((v) => (Math.SQRT2 * v) / POINTS)
  for (let factor = 0; factor < p; factor++) {
    const next = new Float64Array(h.length + 1)
    h.forEach((v, n) => {
      next[n] += v / 2
      next[n + 1] += v / 2
    })
    h = next
  }
  return h
}

function polynomial(p: number, y: number): number {
  let [term, sum] = [1, 1]
  for (let k = 1; k < p; k++) sum += term *= ((p - 1 + k) / k) * y
  return sum
}
