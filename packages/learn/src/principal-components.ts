// Principal components of rows of features: the eigenvectors of their covariance, or, where there are fewer rows than
// features, of the products between rows (the Gram trick). Not incremental in the rows beyond nested groups.
import { type RealArray, ValueError, checkOptions, dtypeOf, matmul, realArray, wholeNumber } from '@scatterlab/tensor'
import { compute, gatherRows, nestedMeans, upload } from './chunks.ts'
import { type EigenOptions, type Eigenpairs, eigenRules, eigenpairsOf } from './eigenpairs.ts'
import {
  type FeatureMatrix,
  type Features,
  type SubsetOptions,
  checkRows,
  matrixOf,
  normOf,
  subsetRules,
} from './features.ts'
import { addSecondMoment, doublyCentred, rowProducts } from './gram.ts'
import { type Run, startRun } from './run.ts'

/** The leading principal components of n rows of d features. */
export interface PrincipalComponents {
  /** Mean of the rows, [d]. */
  readonly mean: Float64Array
  /** Variance along each axis, largest first: eigenvalues of (1/n) Σ (x - μ)(x - μ)ᵀ. */
  readonly variances: Float64Array
  /** Unit axes, one a row: [count, d]. */
  readonly axes: RealArray
}

/** Options of `principalComponents`. */
export interface PrincipalComponentsOptions extends EigenOptions, SubsetOptions {
  /** How many; at most the number of features, and of rows less one. */
  readonly count: number
}

/**
 * The `count` leading principal components of features [n, d]. At least the residual bound of `leadingEigenpairs`
 * holds. Throws `ValueError` for a count that the rows cannot give, `DataError` for a NaN.
 */
export async function principalComponents(
  features: Features,
  options: PrincipalComponentsOptions,
): Promise<PrincipalComponents> {
  const rules = { ...eigenRules, ...subsetRules, count: wholeNumber(1) }
  const { count, rows: chosen, ...rest } = checkOptions('principalComponents', options, rules, ['count'])
  const matrix = matrixOf(features)
  const rows = checkRows(matrix, chosen)
  const most = Math.min(matrix.shape[1], rows.length - 1)
  if (count > most) {
    throw new ValueError(
      `count ${count} of principal components of ${rows.length} samples of ${matrix.shape[1]} features: ` +
        `give 1 to ${most}`,
    )
  }
  const [components] = await nestedComponents(matrix, [rows], count, rest, async () => {})
  return components
}

/**
 * Principal components of groups[0], of groups[0] with groups[1], and so on, in one pass over the rows; at most `most`
 * each, fewer where the rows span fewer dimensions.
 */
export async function nestedComponents(
  matrix: FeatureMatrix,
  groups: readonly Int32Array[],
  most: number,
  options: EigenOptions,
  onRows: (rowsDone: number) => Promise<void>,
): Promise<PrincipalComponents[]> {
  const run = startRun(options)
  const total = groups.reduce((sum, group) => sum + group.length, 0)
  return total <= matrix.shape[1]
    ? fromRowProducts(run, matrix, groups, most, options, onRows)
    : fromCovariance(run, matrix, groups, most, options, onRows)
}

async function fromCovariance(
  run: Run,
  matrix: FeatureMatrix,
  groups: readonly Int32Array[],
  most: number,
  options: EigenOptions,
  onRows: (rowsDone: number) => Promise<void>,
): Promise<PrincipalComponents[]> {
  const columns = matrix.shape[1]
  const { first, shifts } = nestedMeans(matrix, groups)
  const moment = new Float64Array(columns * columns) // Σ (x - first)(x - first)ᵀ
  const covariance = realArray(dtypeOf(matrix.data), columns * columns)
  const found: PrincipalComponents[] = []
  let count = 0
  for (const [g, group] of groups.entries()) {
    const before = count
    await addSecondMoment(run, matrix, group, first, moment, (done) => onRows(before + done))
    count += group.length
    const shift = shifts[g]
    for (let i = 0, at = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++, at++) covariance[at] = moment[at] / count - shift[i] * shift[j]
    }
    const wanted = Math.min(most, columns, count - 1)
    const pairs = await pairsOf(covariance, columns, wanted, options, found.at(-1)?.axes)
    const mean = first.map((value, j) => value + shift[j])
    const kept = rankOf(pairs.values, mean, 1, matrix)
    found.push({
      mean,
      variances: pairs.values.slice(0, kept),
      axes: pairs.vectors.slice(0, kept * columns),
    })
  }
  return found
}

async function fromRowProducts(
  run: Run,
  matrix: FeatureMatrix,
  groups: readonly Int32Array[],
  most: number,
  options: EigenOptions,
  onRows: (rowsDone: number) => Promise<void>,
): Promise<PrincipalComponents[]> {
  const columns = matrix.shape[1]
  const { first, shifts } = nestedMeans(matrix, groups)
  const rows = Int32Array.from(groups.flatMap((group) => [...group]))
  const centred = realArray(dtypeOf(matrix.data), rows.length * columns)
  gatherRows(matrix, rows, first, centred)
  const products = await rowProducts(run, centred, rows.length)
  await onRows(rows.length)
  const found: PrincipalComponents[] = []
  let count = 0
  for (const [g, group] of groups.entries()) {
    count += group.length
    const size = count
    const gram = doublyCentred(products, rows.length, size)
    const pairs = await pairsOf(gram, size, Math.min(most, size - 1), options)
    const mean = first.map((value, j) => value + shifts[g][j])
    const kept = rankOf(pairs.values, mean, size, matrix)
    // v = Xᵀu/√λ; the rows need no second centring since Σ u = 0
    const scaled = realArray(dtypeOf(centred), kept * size)
    for (let i = 0; i < kept; i++) {
      const scale = 1 / Math.sqrt(pairs.values[i])
      for (let j = 0; j < size; j++) scaled[i * size + j] = pairs.vectors[i * size + j] * scale
    }
    const axes = await compute(run, () =>
      matmul(upload(run, scaled, kept, size), upload(run, centred.subarray(0, size * columns), size, columns)),
    )
    found.push({
      mean,
      variances: pairs.values.slice(0, kept).map((value) => value / size),
      axes,
    })
  }
  return found
}

/** Eigenpairs, none wanted included. */
async function pairsOf(
  data: RealArray,
  size: number,
  count: number,
  options: EigenOptions,
  start?: RealArray,
): Promise<Eigenpairs> {
  if (count === 0) return { values: new Float64Array(0), vectors: realArray(dtypeOf(data), 0), residual: 0 }
  const { onProgress: _, ...quiet } = options
  return eigenpairsOf(data, size, count, quiet, start)
}

/** How many eigenvalues, `count` times variances, stand above the rounding of the features and of their mean. */
function rankOf(values: Float64Array, mean: Float64Array, count: number, matrix: FeatureMatrix): number {
  const epsilon = dtypeOf(matrix.data) === 'float32' ? 2 ** -23 : 2 ** -46
  const ofMean = count * (2 ** -50 * normOf(mean, 0, mean.length)) ** 2
  const below = values.findIndex((value) => !(value > values[0] * epsilon && value > ofMean))
  return below < 0 ? values.length : below
}
