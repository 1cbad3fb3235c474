// How many dimensions samples fill locally, from the distances to their nearest neighbours. It finds no neighbours itself.
import { type ArrayInput, ShapeError, asTensor, formatShape, isComplex } from '@scatterlab/tensor'
import { DataError } from './errors.ts'

/** An estimated number of dimensions. */
export interface IntrinsicDimension {
  /** Above 0, not rounded. */
  readonly dimension: number
  /** From the spread over the queries, as if they were independent; neighbouring queries share neighbours, so it is a little small. */
  readonly standardError: number
}

/**
 * The dimension d of the set near which samples lie, from the distances T_1 ≤ … ≤ T_k of queries to their k nearest samples,
 * [queries, k], as `neighbours` of `kNearestNeighbours` gives them: 1/d is the mean of log(T_k/T_j) over all queries and j < k. This is
 * the maximum likelihood estimate of Levina and Bickel (2005), averaged over queries as MacKay and Ghahramani (2005) do. No query may
 * be a sample itself. Throws `ShapeError` for fewer than two distances a query, `DataError` for distances that are not above 0 and
 * ascending, or that are all equal.
 */
export function intrinsicDimension(distances: ArrayInput): IntrinsicDimension {
  const x = asTensor(distances, 'distances')
  if (x.rank !== 2 || x.shape[0] < 1 || x.shape[1] < 2 || isComplex(x.dtype)) {
    throw new ShapeError(
      `distances of ${x.dtype} and shape ${formatShape(x.shape)}: give real ones, [queries, k] with k of 2 or more`,
    )
  }
  const [queries, k] = x.shape
  const T = x.toTypedArray()
  const inverses = Float64Array.from({ length: queries }, (_, i) => {
    let sum = 0
    for (let j = 0, before = 0; j < k; j++) {
      const distance = T[i * k + j]
      if (!(distance > 0 && distance < Infinity && distance >= before)) {
        throw new DataError(
          `distance ${j} of query ${i} is ${distance}: give finite distances above 0, the nearest first; ` +
            'leave out queries that are samples themselves',
        )
      }
      before = distance
      sum += Math.log(T[i * k + k - 1] / distance)
    }
    return sum / (k - 1)
  })
  const mean = inverses.reduce((sum, value) => sum + value, 0) / queries
  if (mean === 0) throw new DataError('each query has k equal distances: no dimension can be told from them')
  const variance = inverses.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, queries - 1)
  return { dimension: 1 / mean, standardError: Math.sqrt(variance / queries) / mean ** 2 }
}
