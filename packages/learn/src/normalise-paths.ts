// Scattering paths brought to one size: each path divided by the largest norm that it has over the training samples.
import { ValueError } from '@scatterlab/tensor'
import { type Features, type SubsetOptions, checkColumns, checkRows, matrixOf } from './features.ts'
import { type FeatureTransform, sourceAndTarget } from './transforms.ts'

/** Options of `normalisePaths`. */
export interface NormalisePathsOptions extends SubsetOptions {
  /** Number of paths: features are laid out [paths, positions]. */
  readonly paths: number
}

/** S[p] ← S[p]/norm_p. */
export interface PathNormalisation extends FeatureTransform {
  /**
   * max over the training samples of ‖S[p]‖, the Euclidean norm over positions; 1 for a path that is zero throughout.
   */
  readonly norms: Float64Array
}

/**
 * Measures max_x ‖S[p]x‖ of every path over the training samples (Bruna and Mallat 2013, section 5.1). Throws
 * `ValueError` unless the number of features is a multiple of `paths`, `DataError` for a NaN.
 */
export function normalisePaths(training: Features, options: NormalisePathsOptions): PathNormalisation {
  const matrix = matrixOf(training)
  const rows = checkRows(matrix, options.rows)
  const columns = matrix.shape[1]
  const { paths } = options
  if (!Number.isInteger(paths) || paths < 1 || columns % paths !== 0) {
    throw new ValueError(`paths ${paths} does not divide the ${columns} features: give the number of scattering paths`)
  }
  const positions = columns / paths
  const largest = new Float64Array(paths)
  for (const row of rows) {
    for (let p = 0, at = row * columns; p < paths; p++) {
      let square = 0
      for (const end = at + positions; at < end; at++) square += matrix.data[at] * matrix.data[at]
      largest[p] = Math.max(largest[p], square)
    }
  }
  const norms = largest.map((square) => (square > 0 ? Math.sqrt(square) : 1))
  return {
    norms,
    apply(features, applyOptions = {}) {
      const { source, out } = sourceAndTarget(features, applyOptions)
      checkColumns(source, columns)
      for (let at = 0, p = 0; at < out.length; p = (p + 1) % paths) {
        const scale = 1 / norms[p]
        for (const end = at + positions; at < end; at++) out[at] = source.data[at] * scale
      }
      return { data: out, shape: source.shape }
    },
  }
}
