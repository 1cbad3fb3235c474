// kymatio 0.4's 1-D scattering written from its rules alone: every filter on the whole grid, every transform by direct sums, O(N²).
// Shares nothing with the packages.

export interface Complex {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** What the oracle is told. Orders beyond the list of Q have one wavelet an octave. */
export interface DirectOptions {
  readonly scales: number
  readonly Q: readonly number[]
  readonly T?: number
  readonly stride?: number
  readonly maxOrder?: number
  readonly pad?: 'reflect' | 'zero'
  /** Whether nothing is subsampled before the averages. */
  readonly unsampled?: boolean
}

interface Wavelet {
  readonly xi: number
  readonly sigma: number
  readonly j: number
}

/** All coefficients, path by path, order by order. */
export function directSignals(x: Float64Array, options: DirectOptions): number[][] {
  const { scales: J, Q, T = 2 ** J, maxOrder = 2, pad = 'reflect', unsampled = false } = options
  const log2Stride = Math.log2(options.stride ?? 2 ** Math.floor(Math.log2(T)))
  const N = x.length
  const support = supportOf(gaussian(N, 0, 0.1 / T))
  const padded = 2 ** Math.min(Math.ceil(Math.log2(N + 6 * support)), Math.floor(Math.log2(3 * N - 2)))
  const left = Math.floor((padded - N) / 2)
  const period = 2 * (N - 1)
  const source = (i: number): number => {
    if (i >= 0 && i < N) return x[i]
    if (pad === 'zero') return 0
    const folded = ((i % period) + period) % period
    return x[folded < N ? folded : period - folded]
  }
  const U0 = Float64Array.from({ length: padded }, (_, i) => source(i - left))
  const phi = gaussian(padded, 0, 0.1 / T)
  const first = Math.ceil(left / 2 ** log2Stride)
  const count = Math.ceil((left + N) / 2 ** log2Stride) - first
  const averages = (U: Float64Array, level: number): number[] => {
    const smooth = inverse(product(forward(real(U)), folded(phi, level)))
    return Array.from({ length: count }, (_, i) => smooth.re[(first + i) * 2 ** (log2Stride - level)])
  }
  let layer: { U: Float64Array; level: number; j: number }[] = [{ U: U0, level: 0, j: -Infinity }]
  const out: number[][] = []
  for (let order = 0; order <= maxOrder; order++) {
    for (const { U, level } of layer) out.push(averages(U, level))
    if (order === maxOrder) break
    const bank = wavelets(J, Q[order] ?? 1)
    layer = layer.flatMap(({ U, level, j }) => {
      const spectrum = forward(real(U))
      return bank
        .filter((psi) => order === 0 || psi.j > j)
        .map((psi) => {
          const next = unsampled ? 0 : Math.min(psi.j, log2Stride)
          const z = inverse(product(spectrum, folded(gaussian(padded, psi.xi, psi.sigma), level)))
          const step = 2 ** (next - level)
          const kept = Float64Array.from({ length: z.re.length / step }, (_, i) =>
            Math.hypot(z.re[i * step], z.im[i * step]),
          )
          return { U: kept, level: next, j: psi.j }
        })
    })
  }
  return out
}

/** Centre frequencies and bandwidths in cycles per sample. */
export function wavelets(J: number, Q: number): Wavelet[] {
  const step = 2 ** (1 / Q)
  let xi = Math.max(1 / (1 + 2 ** (3 / Q)), 0.35)
  let sigma = (xi * (1 - 1 / step)) / (1 + 1 / step) / Math.sqrt(2 * Math.log(Math.SQRT2))
  const narrowest = 0.1 / 2 ** J
  const list: { xi: number; sigma: number }[] = []
  if (sigma <= narrowest) xi = sigma
  else {
    list.push({ xi, sigma })
    while (sigma > narrowest * step) list.push({ xi: (xi /= step), sigma: (sigma /= step) })
  }
  const elbow = xi
  for (let q = 1; q < Q; q++) list.push({ xi: (xi -= elbow / Q), sigma: narrowest })
  return list.map((at) => ({ ...at, j: Math.floor(-Math.log2(Math.min(at.xi + 5 * at.sigma, 0.5))) - 1 }))
}

/** A filter on the whole grid, of ℓ1 norm 1 in time; ξ = 0 gives the low-pass. */
export function gaussian(n: number, xi: number, sigma: number): Float64Array {
  const P = Math.min(Math.ceil(Math.sqrt(-2 * sigma ** 2 * Math.log(1e-7)) + 1), 5)
  const periods = (centre: number): Float64Array => {
    const sums = new Float64Array(n)
    for (let i = (1 - P) * n; i < P * n; i++)
      sums[((i % n) + n) % n] += Math.exp(-((i / n - centre) ** 2) / (2 * sigma ** 2))
    return sums
  }
  const [band, low] = [periods(xi), periods(0)]
  const filter = xi === 0 ? low : band.map((v, k) => v - (band[0] / low[0]) * low[k])
  const { re, im } = inverse(real(filter))
  const norm = re.reduce((sum, v, i) => sum + Math.hypot(v, im[i]), 0)
  return filter.map((v) => v / norm)
}

/** The least distance beyond which, on one side, the response has an ℓ1 norm of at most 1e-3. */
export function supportOf(filter: Float64Array): number {
  const { re, im } = inverse(real(filter))
  const half = Math.floor(filter.length / 2)
  let tail = 0
  let support = half
  for (let i = half - 1; i >= 0; i--) {
    tail += Math.hypot(re[i], im[i])
    if (tail > 1e-3) break
    support = i + 1
  }
  return support
}

export function folded(filter: Float64Array, level: number): Float64Array {
  const coarse = new Float64Array(filter.length / 2 ** level)
  filter.forEach((v, k) => (coarse[k % coarse.length] += v))
  return coarse
}

export const real = (re: Float64Array): Complex => ({ re, im: new Float64Array(re.length) })
export const product = ({ re, im }: Complex, filter: Float64Array): Complex => ({
  re: re.map((v, k) => v * filter[k]),
  im: im.map((v, k) => v * filter[k]),
})
export const forward = (z: Complex): Complex => direct(z, -1, 1)
export const inverse = (z: Complex): Complex => direct(z, 1, 1 / z.re.length)

function direct({ re, im }: Complex, sign: number, scale: number): Complex {
  const n = re.length
  const cosines = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n))
  const sines = Float64Array.from({ length: n }, (_, k) => sign * Math.sin((2 * Math.PI * k) / n))
  const out = { re: new Float64Array(n), im: new Float64Array(n) }
  for (let k = 0; k < n; k++) {
    let [a, b] = [0, 0]
    for (let t = 0, at = 0; t < n; t++) {
      a += re[t] * cosines[at] - im[t] * sines[at]
      b += re[t] * sines[at] + im[t] * cosines[at]
      if ((at += k) >= n) at -= n
    }
    out.re[k] = scale * a
    out.im[k] = scale * b
  }
  return out
}
