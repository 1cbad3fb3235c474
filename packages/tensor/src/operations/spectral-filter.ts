// Filters as the scattering steps take them: real in Fourier, on their support; or sampled, as banded matrices.
import type { View } from '../backend/backend.ts'
import { ValueError } from '../errors.ts'

/**
 * A filter that is real in Fourier and given on its support only: a box of frequencies, cyclic over the grid.
 * Entry (r, c) of `values` belongs to the frequency (row + r, column + c), modulo the grid of the spectrum.
 */
export interface SpectralFilter {
  /** Real view of shape [rows, columns], contiguous; never larger than the grid. */
  readonly values: View
  /** Frequency of the first row of `values` along the rows' axis, in grid steps; may be negative. */
  readonly row: number
  /** Frequency of the first column of `values`, in the same way. */
  readonly column: number
}

/** A field is kept at every how many-th row and column. */
export type Factors = readonly [rows: number, columns: number]

/** The factors of both axes, from one for both or one for each. Throws `ValueError`. */
export function factorsOf(factor: number | Factors): Factors {
  const factors: Factors = typeof factor === 'number' ? [factor, factor] : factor
  for (const one of factors)
    if (!Number.isInteger(one) || one < 1) throw new ValueError(`factor ${one}: give a whole number from 1`)
  return factors
}

/**
 * A low-pass filter sampled at chosen positions along one axis, as a banded matrix: output o is
 * Σ_t taps[o, t]·x[(starts[o] + t) mod n].
 */
export interface SampledKernel {
  /** Real view of shape [outputs, width], contiguous. */
  readonly taps: View
  /** Position of each output's first tap, one for each output: from 0 to n − 1. */
  readonly starts: Int32Array
}
