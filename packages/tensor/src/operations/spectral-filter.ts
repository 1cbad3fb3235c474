// Filters as the scattering steps take them: real in Fourier, on their support; or sampled, as banded matrices.
import type { View } from '../backend/backend.ts'

/**
 * A filter that is real in Fourier and given on its support only: a box of frequencies, cyclic over the grid.
 * Entry (r, c) of `values` belongs to the frequency (row + r, column + c), modulo the grid of the spectrum.
 */
export interface SpectralFilter {
  /** Real view of shape [rows, columns], contiguous; never larger than the grid. */
  readonly values: View
  readonly row: number
  readonly column: number
}

/**
 * A low-pass filter sampled at chosen positions along one axis, as a banded matrix: output o is
 * Σ_t taps[o, t]·x[(starts[o] + t) mod n].
 */
export interface SampledKernel {
  /** Real view of shape [outputs, width], contiguous. */
  readonly taps: View
  readonly starts: Int32Array
}
