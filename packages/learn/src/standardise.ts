// Mean 0 and deviation 1 for every feature, as measured on training samples.
import { type Features, type SubsetOptions, checkColumns, checkRows, matrixOf } from './features.ts'
import { meanOfRows } from './chunks.ts'
import { DataError } from './errors.ts'
import { type FeatureTransform, sourceAndTarget } from './transforms.ts'

/** x_j ← (x_j - mean_j)/deviation_j. */
export interface Standardisation extends FeatureTransform {
  readonly mean: Float64Array
  /** √((1/n) Σ (x_j - mean_j)²); 1 where a feature is constant, which thus becomes 0. */
  readonly deviation: Float64Array
}

/**
 * Measures mean and deviation of each feature of the training samples [n, d] in double precision, for `apply` to
 * training and test features alike. Throws `DataError` for a NaN or no sample.
 */
export function standardise(training: Features, options: SubsetOptions = {}): Standardisation {
  const matrix = matrixOf(training)
  const rows = checkRows(matrix, options.rows)
  if (rows.length === 0) throw new DataError('no sample to measure: give at least one row of features')
  const columns = matrix.shape[1]
  const mean = meanOfRows(matrix, rows)
  const squares = new Float64Array(columns)
  for (const row of rows) {
    for (let j = 0, at = row * columns; j < columns; j++, at++) squares[j] += (matrix.data[at] - mean[j]) ** 2
  }
  const deviation = squares.map((square, j) => {
    const measured = Math.sqrt(square / rows.length)
    return measured > Math.abs(mean[j]) * 2 ** -50 ? measured : 1
  })
  return {
    mean,
    deviation,
    apply(features, applyOptions = {}) {
      const { source, out } = sourceAndTarget(features, applyOptions)
      checkColumns(source, columns)
      for (let at = 0, j = 0; at < out.length; at++) {
        out[at] = (source.data[at] - mean[j]) / deviation[j]
        if (++j === columns) j = 0
      }
      return { data: out, shape: source.shape }
    },
  }
}
