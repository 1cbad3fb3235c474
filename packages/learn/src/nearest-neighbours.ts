// Classification by the k nearest training samples: brute force, exact. Distances from matrix products only tell which
// samples can be near enough; those are measured again in double precision.
import { ValueError, checkOptions, dtypeOf, matmul, realArray, wholeNumber } from '@scatterlab/tensor'
import { chunksOf, compute, gatherRows, upload } from './chunks.ts'
import { type Classifier, type PredictOptions, type Scores, largestScore, samplesFor } from './classifier.ts'
import {
  type FeatureMatrix,
  type Features,
  type Labels,
  type SubsetOptions,
  subsetRules,
  trainingSet,
} from './features.ts'
import { type RunOptions, runRules, startRun } from './run.ts'
import { savedAs } from './saved-kinds.ts'

/** Nearest training samples of each query, nearest first: row-major, [queries, k]. */
export interface Neighbours {
  /** Rows of the training features. */
  readonly indices: Int32Array
  /** Euclidean distances. */
  readonly distances: Float64Array
  /** Of both lists. */
  readonly shape: readonly [queries: number, k: number]
}

/** The k-nearest-neighbour classifier. It keeps the training features, not a copy. */
export interface NearestNeighbours extends Classifier {
  /** How many neighbours vote. */
  readonly k: number
  /** The nearest samples; of equal distances the lower row comes first. */
  neighbours(features: Features, options?: PredictOptions): Promise<Neighbours>
  /**
   * Scores are the votes of the k neighbours, plus less than one vote to settle equal ones: of classes with equal votes
   * that of the nearest neighbour among them wins.
   */
  scores(features: Features, options?: PredictOptions): Promise<Scores>
}

/** Options of `kNearestNeighbours`. */
export interface NearestNeighboursOptions extends RunOptions, SubsetOptions {
  /** How many neighbours vote; default 1. */
  readonly k?: number
}

/**
 * The classifier by the vote of the k nearest training samples in Euclidean distance. Throws `DataError` for labels
 * that do not fit, `ValueError` for a k outside 1 … n.
 */
export function kNearestNeighbours(
  features: Features,
  labels: Labels,
  options?: NearestNeighboursOptions,
): NearestNeighbours {
  const checked = checkOptions('kNearestNeighbours', options, { ...runRules, ...subsetRules, k: wholeNumber(1) })
  const { matrix, labels: own, rows, classes } = trainingSet(features, labels, checked)
  const { k = 1 } = checked
  if (k > rows.length) {
    throw new ValueError(`k ${k} for ${rows.length} training samples: give a whole number from 1 to ${rows.length}`)
  }
  const fittedOn = startRun(checked).backend
  const ordered = rows.toSorted()
  const squares = squaredNorms(matrix, ordered)

  async function neighbours(queries: Features, asking?: PredictOptions): Promise<Neighbours> {
    const { matrix: asked, rows: askedRows, run } = samplesFor(queries, matrix.shape[1], asking, fittedOn)
    const indices = new Int32Array(askedRows.length * k)
    const distances = new Float64Array(askedRows.length * k)
    const askedSquares = squaredNorms(asked, askedRows)
    const bound = roundingOf(matrix, asked)
    const columns = matrix.shape[1]
    const largest = Math.sqrt(squares.reduce((most, square) => Math.max(most, square), 0))
    // a few hundred queries at a time: their distances to all samples are kept
    for (let first = 0; first < askedRows.length; first += QUERIES) {
      await run.step('samples', first, askedRows.length)
      const batch = askedRows.subarray(first, first + QUERIES)
      const approximate = new Float64Array(batch.length * ordered.length)
      for (const query of chunksOf(asked, batch, null)) {
        for (const { data, start, count } of chunksOf(matrix, ordered, null)) {
          const products = await compute(run, () =>
            matmul(upload(run, query.data, batch.length, columns), upload(run, data, count, columns).transpose()),
          )
          for (let i = 0; i < batch.length; i++) {
            for (let j = 0; j < count; j++) {
              approximate[i * ordered.length + start + j] =
                askedSquares[first + i] + squares[start + j] - 2 * products[i * count + j]
            }
          }
          await run.breathe()
        }
      }
      batch.forEach((row, i) => {
        const near = approximate.subarray(i * ordered.length, (i + 1) * ordered.length)
        const error = bound * (Math.sqrt(askedSquares[first + i]) + largest) ** 2
        const reach = smallest(near, k) + 2 * error
        const found: { index: number; square: number }[] = []
        near.forEach((square, j) => {
          if (square <= reach)
            found.push({ index: ordered[j], square: squaredDistance(asked, row, matrix, ordered[j]) })
        })
        found.sort((a, b) => a.square - b.square || a.index - b.index)
        for (let v = 0; v < k; v++) {
          indices[(first + i) * k + v] = found[v].index
          distances[(first + i) * k + v] = Math.sqrt(found[v].square)
        }
      })
    }
    await run.step('samples', askedRows.length, askedRows.length)
    return { indices, distances, shape: [askedRows.length, k] }
  }

  async function scores(queries: Features, predictOptions?: PredictOptions): Promise<Scores> {
    const { indices, shape } = await neighbours(queries, predictOptions)
    const data = new Float64Array(shape[0] * classes)
    for (let i = 0; i < shape[0]; i++) {
      // a vote of rank v weighs 1, and (k - v)/(k + 1) the first time that its class is met
      for (let v = 0; v < k; v++) {
        const at = i * classes + own[indices[i * k + v]]
        data[at] += data[at] === 0 ? 1 + (k - v) / (k + 1) : 1
      }
    }
    return { data, shape: [shape[0], classes] }
  }

  const predict: Classifier['predict'] = async (queries, o) => largestScore(await scores(queries, o))
  // the training samples go along, in their order
  const numbers = (): object => {
    const data = realArray(dtypeOf(matrix.data), ordered.length * matrix.shape[1])
    gatherRows(matrix, ordered, null, data)
    return { k, features: { data, shape: [ordered.length, matrix.shape[1]] }, labels: ordered.map((row) => own[row]) }
  }
  return savedAs('kNearestNeighbours', numbers, { classes, k, neighbours, scores, predict } satisfies NearestNeighbours)
}

const QUERIES = 256

/** A bound on the rounding of ‖x‖² + ‖y‖² - 2x·y, relative to (‖x‖ + ‖y‖)²: d + 3 roundings of the product's type. */
function roundingOf(a: FeatureMatrix, b: FeatureMatrix): number {
  const single = dtypeOf(a.data) === 'float32' && dtypeOf(b.data) === 'float32'
  return (a.shape[1] + 3) * (single ? 2 ** -24 : 2 ** -53)
}

function squaredNorms({ data, shape: [, columns] }: FeatureMatrix, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => {
    let square = 0
    for (let at = row * columns; at < (row + 1) * columns; at++) square += data[at] * data[at]
    return square
  })
}

function squaredDistance(a: FeatureMatrix, rowA: number, b: FeatureMatrix, rowB: number): number {
  const columns = a.shape[1]
  let square = 0
  for (let j = 0; j < columns; j++) square += (a.data[rowA * columns + j] - b.data[rowB * columns + j]) ** 2
  return square
}

/** The k-th smallest value: one pass that keeps the k smallest so far in order. */
function smallest(values: Float64Array, k: number): number {
  const kept = new Float64Array(k).fill(Infinity)
  for (const value of values) {
    if (!(value < kept[k - 1])) continue
    let at = k - 1
    for (; at > 0 && kept[at - 1] > value; at--) kept[at] = kept[at - 1]
    kept[at] = value
  }
  return kept[k - 1]
}
