// Mean 0 and deviation 1 for every feature, as measured on training samples.
import { checkOptions } from '@scatterlab/tensor'
import {
  type FeatureMatrix,
  type Features,
  type SubsetOptions,
  checkColumns,
  checkRows,
  matrixOf,
  subsetRules,
} from './features.ts'
import { meanOfRows } from './chunks.ts'
import { DataError } from './errors.ts'
import { savedAs } from './saved-kinds.ts'
import { type FeatureTransform, sourceAndTarget } from './transforms.ts'

/** x_j ← (x_j - mean_j)/deviation_j. */
export interface Standardisation extends FeatureTransform {
  /** Mean of each feature over the training samples. */
  readonly mean: Float64Array
  /** √((1/n) Σ (x_j - mean_j)²); 1 where a feature is constant, which thus becomes 0. */
  readonly deviation: Float64Array
}

/**
 * Measures mean and deviation of each feature of the training samples [n, d] in double precision, for `apply` to
 * training and test features alike. Throws `DataError` for a NaN or no sample.
 */
export function standardise(training: Features, options?: SubsetOptions): Standardisation {
  const { rows: chosen } = checkOptions('standardise', options, subsetRules)
  const matrix = matrixOf(training)
  const rows = checkRows(matrix, chosen)
  if (rows.length === 0) throw new DataError('no sample to measure: give at least one row of features')
  const mean = meanOfRows(matrix, rows)
  const deviation = deviationOf(matrix, rows, mean)
  return standardisationFrom({ mean, deviation })
}

/** The transform of its numbers. */
export function standardisationFrom(numbers: Pick<Standardisation, 'mean' | 'deviation'>): Standardisation {
  const { mean, deviation } = numbers
  const columns = mean.length
  return savedAs('standardise', numbers, {
    mean,
    deviation,
    apply(features, applyOptions) {
      const { source, out } = sourceAndTarget(features, applyOptions)
      checkColumns(source, columns)
      for (let at = 0, j = 0; at < out.length; at++) {
        out[at] = (source.data[at] - mean[j]) / deviation[j]
        if (++j === columns) j = 0
      }
      return { data: out, shape: source.shape }
    },
  } satisfies Standardisation)
}

/** The deviations; 1 where no sample is further from the mean than its rounding. */
function deviationOf({ data }: FeatureMatrix, rows: Int32Array, mean: Float64Array): Float64Array {
  const columns = mean.length
  const most = new Float64Array(columns)
  for (const row of rows)
    for (let j = 0, at = row * columns; j < columns; j++, at++)
      most[j] = Math.max(most[j], Math.abs(data[at] - mean[j]))
  const squares = new Float64Array(columns)
  for (const row of rows)
    for (let j = 0, at = row * columns; j < columns; j++, at++)
      if (most[j] > 0) squares[j] += ((data[at] - mean[j]) / most[j]) ** 2 // of a size that doubles can square
  return most.map((largest, j) =>
    largest > Math.abs(mean[j]) * 2 ** -50 ? largest * Math.sqrt(squares[j] / rows.length) : 1,
  )
}
