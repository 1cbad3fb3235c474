// A filter that is real in Fourier, taken apart for one grid: which stored frequencies of a spectrum meet in each
// frequency of the subsampled grid, and with which weights. Numbers only, no kernels.
import type { RealArray } from '@scatterlab/tensor'
import type { SpectralFilter } from '@scatterlab/tensor/operations'

/** Weights below this share of the largest one are below the rounding of single precision. */
const NEGLIGIBLE = 2 ** -24

/** What a filter is applied to: a spectrum of a field of H×W, of which `height`×`width` samples are kept. */
export interface Grid {
  readonly H: number
  readonly W: number
  readonly height: number
  readonly width: number
  /** Whether all columns of the spectrum are stored, or those up to W/2. */
  readonly whole: boolean
}

/**
 * weight·x̂(ky, kx) for the columns kx = column … column + weights.length − 1, cyclic; those beyond W/2 come from the stored
 * half as conj x̂(−ky, −kx).
 */
export interface FilterRow {
  readonly ky: number
  readonly column: number
  readonly weights: Float64Array
}

/** The rows of a filter, by the row of the subsampled grid that they fall on; all have the same columns. */
export interface FoldedFilter {
  readonly grid: Grid
  /** First column of the filter, 0 … W − 1, and how many. */
  readonly column: number
  readonly columns: number
  /** Whether the filter is taken at −k: then the field is conjugate. */
  readonly flipped: boolean
  readonly targets: readonly (readonly FilterRow[])[]
}

/**
 * Folds a filter. |x ⋆ ψ| is the same for ψ̂(k) and ψ̂(−k) when x is real: where only the modulus matters (`either`) the one of the two is
 * taken that lies more in the stored half. Weights are divided by H·W.
 */
export function foldFilter(psi: SpectralFilter, values: RealArray, grid: Grid, either: boolean): FoldedFilter {
  const { H, W, height } = grid
  const [rows, columns] = psi.values.shape as [number, number]
  const centre = signed(psi.column + (columns - 1) / 2, W)
  const flip = either && centre < 0
  const column = modulo(flip ? -(psi.column + columns - 1) : psi.column, W)
  const targets: FilterRow[][] = Array.from({ length: height }, () => [])
  for (let r = 0; r < rows; r++) {
    const ky = modulo(flip ? -(psi.row + r) : psi.row + r, H)
    const weights = new Float64Array(columns)
    for (let c = 0; c < columns; c++) {
      weights[flip ? columns - 1 - c : c] = values[psi.values.offset + r * columns + c]! / (H * W)
    }
    targets[ky % height]!.push({ ky, column, weights })
  }
  return { grid, column, columns, flipped: flip, targets }
}

/** Filter rows without the negligible weights at their ends; rows of nothing else are left out. */
export function trimRows({ targets }: FoldedFilter): FilterRow[][] {
  let largest = 0
  for (const rows of targets)
    for (const { weights } of rows) for (const w of weights) largest = Math.max(largest, Math.abs(w))
  const counts = (w: number): boolean => Math.abs(w) > NEGLIGIBLE * largest
  return targets.map((rows) =>
    rows.flatMap(({ ky, column, weights }) => {
      const first = weights.findIndex(counts)
      if (first < 0) return []
      const last = weights.findLastIndex(counts)
      return [{ ky, column: column + first, weights: weights.slice(first, last + 1) }]
    }),
  )
}

/** A stored frequency that a column kx of the whole spectrum is read from. */
export interface Source {
  /** Column of the stored half. */
  readonly column: number
  /** Read at row −ky, and conjugated. */
  readonly mirrored: boolean
}

/**
 * Where column kx (0 … W − 1) is stored. The columns 0 and W/2 hold k and −k both: of a flipped filter the one is taken that the
 * filter itself would read.
 */
export const sourceOf = (kx: number, { grid: { W, whole }, flipped }: FoldedFilter): Source =>
  (2 * kx > W && !whole) || (flipped && (kx === 0 || 2 * kx === W))
    ? { column: (W - kx) % W, mirrored: true }
    : { column: kx, mirrored: false }

export const modulo = (k: number, n: number): number => ((k % n) + n) % n

/** The representative of k modulo n in −n/2 … n/2. */
const signed = (k: number, n: number): number => modulo(k + n / 2, n) - n / 2
