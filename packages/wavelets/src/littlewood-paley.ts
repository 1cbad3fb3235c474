// How evenly a bank covers the frequencies: the Littlewood–Paley sum and the frame bounds that it gives. The same for every bank.
import { type Rule, checkArgument, numberFrom, wholeNumbers } from '@scatterlab/tensor'
import { type Box, toGrid } from './box.ts'

/** What every bank has: a grid, wavelets, and a low-pass that is a box or separable. */
export interface Bank {
  /** The grid of frequencies; one row for signals. */
  readonly grid: readonly [height: number, width: number]
  /** The wavelets. */
  readonly psi: readonly {
    /** ψ̂ on the grid subsampled by 2^level, on its support. */
    readonly atLevel: (level: number) => Box
  }[]
  /** The low-pass. */
  readonly phi: {
    /** φ̂ on the grid subsampled by 2^level: a box, or its factors along rows and columns. */
    readonly atLevel: (level: number) =>
      | Box
      | {
          /** One value for each row of the grid. */
          readonly rows: Float64Array
          /** One value for each column. */
          readonly columns: Float64Array
        }
  }
}

/** The Littlewood–Paley sum of a bank on its grid. */
export interface LittlewoodPaley {
  /** A(ω), row-major in the order of the discrete Fourier transform. */
  readonly sum: Float64Array
  /** The grid; one row for signals. */
  readonly shape: readonly [height: number, width: number]
  /** max A over the grid: ‖Wx‖² ≤ upper·‖x‖². */
  readonly upper: number
  /** min A over the disk |ω| ≤ π, where the wavelets are meant to cover. */
  readonly lower: number
  /** max_ω Σ|ψ̂(ω)|², over the wavelets alone and one sign of ω. */
  readonly largestWavelets: number
}

/**
 * A(ω) = |φ̂(ω)|² + ½ Σ (|ψ̂(ω)|² + |ψ̂(−ω)|²): of images with θ over half a turn and of signals with analytic wavelets it holds for real
 * ones (Bruna & Mallat 2013, eq. 8), of banks of both spins for complex ones. `radius` limits the disk of the lower bound, in
 * radians per pixel or sample; default π. Throws `ValueError` for what is no bank or no radius.
 */
export function littlewoodPaley(bank: Bank, radius: number = Math.PI): LittlewoodPaley {
  checkArgument('littlewoodPaley: bank', bank, aBank)
  checkArgument('littlewoodPaley: radius', radius, numberFrom(0))
  const [height, width] = bank.grid
  const wavelets = new Float64Array(height * width)
  for (const psi of bank.psi) addPower(psi.atLevel(0), wavelets)
  const sum = lowPassOnGrid(bank).map((v) => v * v)
  let upper = 0
  let lower = Infinity
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const opposite = ((height - y) % height) * width + ((width - x) % width)
      const at = y * width + x
      sum[at] += (wavelets[at] + wavelets[opposite]) / 2
      upper = Math.max(upper, sum[at])
      if (Math.hypot(frequency(y, height), frequency(x, width)) <= radius) lower = Math.min(lower, sum[at])
    }
  }
  return { sum, shape: [height, width], upper, lower, largestWavelets: wavelets.reduce((a, b) => Math.max(a, b), 0) }
}

/** Adds |ĥ|² on the grid; only the box is touched. */
function addPower(box: Box, to: Float64Array): void {
  const [height, width] = box.grid
  for (let r = 0, at = 0; r < box.rows; r++) {
    const row = modulo(box.row + r, height) * width
    for (let c = 0; c < box.columns; c++, at++) to[row + modulo(box.column + c, width)] += box.values[at] ** 2
  }
}

/** φ̂ on the whole grid, row-major. */
export function lowPassOnGrid({ grid: [height, width], phi }: Bank): Float64Array {
  const fourier = phi.atLevel(0)
  if ('values' in fourier) return toGrid(fourier)
  const values = new Float64Array(height * width)
  fourier.rows.forEach((row, y) => fourier.columns.forEach((column, x) => (values[y * width + x] = row * column)))
  return values
}

const modulo = (k: number, n: number): number => ((k % n) + n) % n

/** Something with a grid, wavelets and a low-pass. */
export const aBank: Rule = (value) => {
  const bank = value as Partial<Bank> | undefined | null
  return Array.isArray(bank?.psi) &&
    wholeNumbers(2, 1)(bank.grid) === undefined &&
    typeof bank.phi?.atLevel === 'function'
    ? undefined
    : 'a bank, for example filterBank2d({ shape, scales })'
}

/** Signed frequency of an index, radians per pixel. */
const frequency = (k: number, n: number): number => (2 * Math.PI * (k <= n / 2 ? k : k - n)) / n
