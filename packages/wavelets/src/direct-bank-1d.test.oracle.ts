// kymatio 0.4's definition of a 1-D filter, taken literally: all periods on the whole grid, a direct inverse transform for the norm.

const periodsOf = (sigma: number): number => Math.min(Math.ceil(Math.sqrt(-2 * sigma * sigma * Math.log(1e-7)) + 1), 5)

/** |h(n)| by the direct sum, O(N²). */
export function directResponse(fourier: Float64Array): Float64Array {
  const n = fourier.length
  const roots = Array.from({ length: n }, (_, k) => [Math.cos((2 * Math.PI * k) / n), Math.sin((2 * Math.PI * k) / n)])
  return fourier.map((_, t) => {
    let [re, im] = [0, 0]
    for (let k = 0; k < n; k++) {
      const root = roots[(k * t) % n]
      re += fourier[k] * root[0]
      im += fourier[k] * root[1]
    }
    return Math.hypot(re, im) / n
  })
}

/** The filter on the whole grid, ξ and σ in cycles per sample; `xi` 0 for the low-pass. P as in kymatio unless given. */
export function directFilter(length: number, xi: number, sigma: number, P: number = periodsOf(sigma)): Float64Array {
  const summed = (centre: number): Float64Array => {
    const out = new Float64Array(length)
    for (let i = (1 - P) * length; i < P * length; i++)
      out[((i % length) + length) % length] += Math.exp(-((i / length - centre) ** 2) / (2 * sigma * sigma))
    return out
  }
  const low = summed(0)
  const filter = xi === 0 ? low : summed(xi)
  if (xi !== 0) {
    const kappa = filter[0] / low[0]
    for (let k = 0; k < length; k++) filter[k] -= kappa * low[k]
  }
  const norm = directResponse(filter).reduce((a, b) => a + b, 0)
  return filter.map((v) => v / norm)
}

/** Values at frequencies that are equal modulo the coarse grid, summed. */
export function directFold(fourier: Float64Array, level: number): Float64Array {
  const coarse = new Float64Array(fourier.length / 2 ** level)
  fourier.forEach((v, k) => (coarse[k % coarse.length] += v))
  return coarse
}
