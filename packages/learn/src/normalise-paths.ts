// Scattering paths brought to one size: each path divided by the largest norm that it has over the training samples.
import { ValueError, checkOptions, wholeNumber } from '@scatterlab/tensor'
import {
  type Features,
  type SubsetOptions,
  checkColumns,
  checkRows,
  matrixOf,
  normOf,
  subsetRules,
} from './features.ts'
import { savedAs } from './saved-kinds.ts'
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
  const { paths, rows: chosen } = checkOptions('normalisePaths', options, { ...subsetRules, paths: wholeNumber(1) }, [
    'paths',
  ])
  const matrix = matrixOf(training)
  const rows = checkRows(matrix, chosen)
  const columns = matrix.shape[1]
  if (columns % paths !== 0) {
    throw new ValueError(`paths ${paths} does not divide the ${columns} features: give the number of scattering paths`)
  }
  const positions = columns / paths
  const largest = new Float64Array(paths)
  for (const row of rows) {
    for (let p = 0, at = row * columns; p < paths; p++, at += positions)
      largest[p] = Math.max(largest[p], normOf(matrix.data, at, at + positions))
  }
  return pathNormalisationFrom({ norms: largest.map((norm) => norm || 1), columns })
}

/** The transform of its numbers. */
export function pathNormalisationFrom(numbers: { norms: Float64Array; columns: number }): PathNormalisation {
  const { norms, columns } = numbers
  const paths = norms.length
  const positions = columns / paths
  return savedAs('normalisePaths', numbers, {
    norms,
    apply(features, applyOptions) {
      const { source, out } = sourceAndTarget(features, applyOptions)
      checkColumns(source, columns)
      for (let at = 0, p = 0; at < out.length; p = (p + 1) % paths) {
        for (const end = at + positions; at < end; at++) out[at] = source.data[at] / norms[p]
      }
      return { data: out, shape: source.shape }
    },
  } satisfies PathNormalisation)
}
