// Morlet and Gabor wavelets of the line in Fourier, and the Gaussian low-pass: ψ̂(f) = ĝ(f − ξ) − κ ĝ(f), periodised over the grid,
// divided by the ℓ1 norm of its response in time. Frequencies in cycles per sample.
import { dft } from '@scatterlab/tensor'
import { type Box, toGrid } from './box.ts'
import type { Gaussian } from './progression.ts'

/** How many periods are summed: all that a double can see, or kymatio's 2P − 1. */
export type Periods = 'all' | 'kymatio'

/** Beyond so many deviations a Gaussian is below double precision. */
const DEEPEST = 8.9
/** kymatio's rule for P: what it leaves out is below this share of the peak, unless P reaches its cap. */
const KYMATIO = { left: 1e-7, mostPeriods: 5 }

/** A wavelet's filter with ℓ1 norm 1, on the frequencies where it exceeds `threshold` of its peak. ξ = 0 gives the low-pass. */
export function morlet1d(length: number, at: Gaussian, periods: Periods, corrected: boolean, threshold: number): Box {
  const window = periods === 'all' ? Infinity : kymatioPeriods(at.sigma)
  const envelope = { xi: 0, sigma: at.sigma }
  const mass = periodised(0, length, envelope, window)
  const kappa = corrected && at.xi !== 0 ? periodised(0, length, at, window) / mass : 0
  const negligible = kappa < threshold
  const reach = Math.sqrt(-2 * Math.log(threshold)) * at.sigma
  const low = negligible ? at.xi - reach : Math.min(at.xi, 0) - reach
  const high = negligible ? at.xi + reach : Math.max(at.xi, 0) + reach
  const [column, columns] = frequencies(low * length, high * length, length)
  const values = new Float64Array(columns)
  for (let c = 0; c < columns; c++) {
    values[c] = periodised(column + c, length, at, window)
    if (!negligible) values[c] -= kappa * periodised(column + c, length, envelope, window)
  }
  // zero mean exactly: at zero the two terms need not cancel to the last bit
  const zero = ((-column % length) + length) % length
  if (kappa !== 0 && zero < columns) values[zero] = 0
  const box = { grid: [1, length] as const, row: 0, column, rows: 1, columns, values }
  const norm = normInTime(box, at, { kappa, mass, window })
  for (let c = 0; c < columns; c++) values[c] /= norm
  return box
}

/** P periods on either side: P = min(⌈√(−2σ² ln 1e-7) + 1⌉, 5). */
const kymatioPeriods = (sigma: number): number =>
  Math.min(Math.ceil(Math.sqrt(-2 * sigma ** 2 * Math.log(KYMATIO.left)) + 1), KYMATIO.mostPeriods)

function frequencies(low: number, high: number, length: number): [start: number, count: number] {
  const start = Math.ceil(low)
  const count = Math.floor(high) - start + 1
  return count >= length ? [-Math.floor(length / 2), length] : [start, Math.max(count, 0)]
}

/** Σ_m e^{−(k/N + m − ξ)²/2σ²} over all periods m, or over those of kymatio: 1 − P ≤ m < P counted from 0 ≤ k < N. */
function periodised(k: number, length: number, { xi, sigma }: Gaussian, window: number): number {
  const f = (((k % length) + length) % length) / length
  const reach = DEEPEST * sigma
  const first = Math.max(Math.ceil(xi - reach - f), 1 - window)
  const last = Math.min(Math.floor(xi + reach - f), window - 1)
  let sum = 0
  for (let m = first; m <= last; m++) sum += Math.exp(-((f + m - xi) ** 2) / (2 * sigma ** 2))
  return sum
}

/**
 * Σ_n |h(n)| of the response in time. Where it neither wraps around the grid nor lost a period, h(n) = g(n)(e^{2πiξn} − κ) in closed
 * form; of a positive one the norm is its mass. Else a Fourier transform tells.
 */
function normInTime(
  box: Box,
  at: Gaussian,
  { kappa, mass, window }: Record<'kappa' | 'mass' | 'window', number>,
): number {
  const { xi, sigma } = at
  if (xi === 0) return mass
  const length = box.grid[1]
  const deviation = 1 / (2 * Math.PI * sigma)
  const reach = Math.ceil(DEEPEST * deviation)
  const wraps = 2 * reach >= length
  const lost = Math.min(xi + window - 1, window - xi, window - 1) < DEEPEST * sigma
  if (wraps || lost) return responseInTime(box).reduce((sum, v) => sum + v, 0)
  if (kappa < 1e-18) return mass
  let sum = 1 - kappa
  for (let n = 1; n <= reach; n++) {
    const modulus = Math.sqrt(1 - 2 * kappa * Math.cos(2 * Math.PI * xi * n) + kappa * kappa)
    sum += 2 * Math.exp(-((n / deviation) ** 2) / 2) * modulus
  }
  return sum / (Math.sqrt(2 * Math.PI) * deviation)
}

/** |h(n)|, n = 0 … N − 1, of a filter of one row that is given in Fourier. */
export function responseInTime(box: Box): Float64Array {
  const length = box.grid[1]
  const re = toGrid(box)
  const im = new Float64Array(length)
  dft(length).transform(re, im, 1)
  // the filter is real, so that h(−n) is the conjugate of h(n)
  for (let n = 0; 2 * n <= length; n++) {
    re[n] = Math.sqrt(re[n] * re[n] + im[n] * im[n]) / length
    if (n > 0) re[length - n] = re[n]
  }
  return re
}
