// How evenly a bank covers the frequencies: the Littlewood–Paley sum and the frame bounds that it gives.
import { type Rule, checkArgument, numberFrom } from '@scatterlab/tensor'
import { toGrid } from './box.ts'
import type { FilterBank2d } from './filter-bank-2d.ts'

/** The Littlewood–Paley sum of a bank on its grid. */
export interface LittlewoodPaley {
  /** A(ω), row-major in the order of the discrete Fourier transform. */
  readonly sum: Float64Array
  readonly shape: readonly [height: number, width: number]
  /** max A over the grid: ‖Wx‖² ≤ upper·‖x‖². */
  readonly upper: number
  /** min A over the disk |ω| ≤ π, where the wavelets are meant to cover. */
  readonly lower: number
  /** max_ω Σ|ψ̂(ω)|², over the wavelets alone and one sign of ω. */
  readonly largestWavelets: number
}

/**
 * A(ω) = |φ̂(ω)|² + ½ Σ_{j,θ} (|ψ̂(ω)|² + |ψ̂(−ω)|²), for real signals and θ over half a turn (Bruna & Mallat 2013, eq. 8). `radius`
 * limits the disk of the lower bound, in radians per pixel; default π. Throws `ValueError` for what is no bank or no radius.
 */
export function littlewoodPaley(bank: FilterBank2d, radius: number = Math.PI): LittlewoodPaley {
  checkArgument('littlewoodPaley: bank', bank, aBank)
  checkArgument('littlewoodPaley: radius', radius, numberFrom(0))
  const [height, width] = bank.options.shape
  const wavelets = new Float64Array(height * width)
  for (const psi of bank.psi) {
    const grid = toGrid(psi.atLevel(0))
    for (let i = 0; i < grid.length; i++) wavelets[i] += grid[i] * grid[i]
  }
  const { rows, columns } = bank.phi.atLevel(0)
  const sum = new Float64Array(height * width)
  let upper = 0
  let lower = Infinity
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const opposite = ((height - y) % height) * width + ((width - x) % width)
      const at = y * width + x
      sum[at] = (rows[y] * columns[x]) ** 2 + (wavelets[at] + wavelets[opposite]) / 2
      upper = Math.max(upper, sum[at])
      if (Math.hypot(frequency(y, height), frequency(x, width)) <= radius) lower = Math.min(lower, sum[at])
    }
  }
  return { sum, shape: [height, width], upper, lower, largestWavelets: wavelets.reduce((a, b) => Math.max(a, b), 0) }
}

const aBank: Rule = (value) =>
  Array.isArray((value as FilterBank2d | undefined)?.psi)
    ? undefined
    : 'a bank, for example filterBank2d({ shape, scales })'

/** Signed frequency of an index, radians per pixel. */
const frequency = (k: number, n: number): number => (2 * Math.PI * (k <= n / 2 ? k : k - n)) / n
