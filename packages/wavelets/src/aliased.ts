// How much of a filter's energy lies beyond the band of a grid, where a grid cannot hold it: a number for every Morlet wavelet and
// Gaussian, from integrals of its closed form on the whole line or plane.
import { ValueError } from '@scatterlab/tensor'
import type { MorletShape } from './morlet.ts'

/**
 * Of |ĝ(ω − ξ) − κ ĝ(ω)|², a sum of three Gaussians of half the variance at ξ, ξ/2 and 0, the share that lies beyond; `beyond` tells it
 * of one at the share of ξ, and `distance` is |ξ| in deviations. κ = ĝ(ξ) (the wavelet itself, not its periods), or 0 uncorrected.
 */
function shareOf(distance: number, corrected: boolean, beyond: (shareOfCentre: number) => number): number {
  const squared = distance * distance
  const kappa = corrected ? Math.exp(-squared / 2) : 0
  const weights = [1, -2 * kappa * Math.exp(-squared / 4), kappa * kappa]
  let [out, all] = [0, 0]
  weights.forEach((weight, i) => {
    if (weight === 0) return
    out += weight * beyond(1 - i / 2)
    all += weight
  })
  return Math.min(1, Math.max(0, out / all))
}

/** The share of ∫|ψ̂|² beyond ±`band`, of a Morlet of centre ξ and deviation σ on the line (any unit of frequency). */
export function aliased1d(xi: number, sigma: number, corrected: boolean, band: number): number {
  return shareOf(xi / sigma, corrected && xi !== 0, (share) => outside(share * xi, sigma / Math.SQRT2, band))
}

/** The same beyond the square |ω_y|, |ω_x| ≤ `band` of the plane, radians per pixel; to about 1 % of itself. */
export function aliased2d({ sigma, xi, theta, slant }: MorletShape, corrected: boolean, band: number): number {
  const [c, s] = [Math.cos(theta), Math.sin(theta)]
  // |ĝ|² = exp(−½(a·dy² + 2b·dy·dx + d·dx²))
  const a = 2 * sigma ** 2 * (c * c + (s / slant) ** 2)
  const b = 2 * sigma ** 2 * c * s * (1 - 1 / slant ** 2)
  const d = 2 * sigma ** 2 * (s * s + (c / slant) ** 2)
  const across = 1 / Math.sqrt(d)
  const along = 1 / Math.sqrt(a - (b * b) / d)
  const reach = DEEPEST * along
  // rows in steps that meet the edge of the band, fine enough for the Gaussian's narrowest cut
  const narrowest = Math.max(Math.min(across, 1 / Math.sqrt(a)) / 16, reach / 4096)
  const step = band / Math.ceil(band / narrowest)
  return shareOf(sigma * xi, corrected, (share) => {
    const [y, x] = [share * xi * c, share * xi * s]
    let [out, all] = [0, 0]
    for (let k = Math.ceil((y - reach) / step); k <= (y + reach) / step; k++) {
      const dy = (k + 0.5) * step - y
      const weight = Math.exp(-((dy / along) ** 2) / 2)
      const inRow = Math.abs(y + dy) > band ? 1 : outside(x - (b / d) * dy, across, band)
      out += weight * inRow
      all += weight
    }
    return out / all
  })
}

/** Throws `ValueError` where a wavelet has more than the share `most` of its energy beyond ±π. */
export function checkAliased(
  wavelets: readonly { readonly xi: number; readonly aliased: (level?: number) => number }[],
  most: number,
): void {
  if (most >= 1) return
  const shares = wavelets.map(({ aliased }) => aliased())
  const share = Math.max(...shares)
  if (share <= most) return
  const { xi } = wavelets[shares.indexOf(share)]
  throw new ValueError(
    `the wavelet at ${xi.toPrecision(3)} radians a sample has ${share.toPrecision(2)} of its energy beyond ±π, and mostAliased is ` +
      `${most}: lower xi, make wavelets narrower in frequency, or allow more`,
  )
}

const DEEPEST = 9

/** What of a Gaussian of the line lies beyond ±band. */
const outside = (centre: number, deviation: number, band: number): number =>
  gaussianTail((band - centre) / deviation) + gaussianTail((band + centre) / deviation)

/** ∫_z^∞ e^{−t²/2}/√(2π) dt: a series of positive terms, and for large z a continued fraction (Abramowitz & Stegun 26.2.11, 26.2.14). */
function gaussianTail(z: number): number {
  if (z < 0) return 1 - gaussianTail(-z)
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z > 3) {
    let fraction = z
    for (let n = 60; n > 0; n--) fraction = z + n / fraction
    return density / fraction
  }
  let [term, sum] = [z, z]
  for (let n = 3; term > 1e-17 * sum; n += 2) sum += term *= (z * z) / n
  return 0.5 - density * sum
}
