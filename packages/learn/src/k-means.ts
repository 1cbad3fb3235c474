// k-means: clusters around their means, by Lloyd's iteration from a seeded start. Nothing is told of labels: an unsupervised step.
import {
  ValueError,
  aSeed,
  checkOptions,
  dtypeOf,
  matmul,
  notNegative,
  random,
  realArray,
  wholeNumber,
} from '@scatterlab/tensor'
import { chunksOf, compute, upload } from './chunks.ts'
import { type PredictOptions, samplesFor } from './classifier.ts'
import { type FeatureMatrix, type Features, type SubsetOptions, checkRows, matrixOf, subsetRules } from './features.ts'
import { type Run, type RunOptions, runRules, startRun } from './run.ts'

/** Clusters of samples. */
export interface KMeans {
  /** Their means, [clusters, features], in the element type of the samples. */
  readonly centres: FeatureMatrix
  /** Samples of each. */
  readonly counts: Int32Array
  /** Σ ‖x − its centre‖² over the training samples. */
  readonly inertia: number
  /** Passes over the samples that were taken. */
  readonly iterations: number
  /** False where `maxIterations` ended it. */
  readonly converged: boolean
  /** The nearest centre of each sample, the first of equal ones. */
  predict(features: Features, options?: PredictOptions): Promise<Int32Array>
}

/** Options of `kMeans`. */
export interface KMeansOptions extends RunOptions, SubsetOptions {
  /** How many centres are fitted, 1 or more. */
  readonly clusters: number
  /** Passes over the samples; default 100. */
  readonly maxIterations?: number
  /** It ends where a pass lowers the inertia by less than this part of it; default 1e-4. 0: where no sample changes. */
  readonly tolerance?: number
  /** Draws the start; default 0. */
  readonly seed?: number | string
}

/** Samples from which a centre of the start is drawn. */
const CANDIDATES = 16

/**
 * Finds centres of small Σ ‖x − nearest centre‖² (Lloyd 1982). The start is k-means++ (Arthur and Vassilvitskii 2007) on at most 16
 * samples a cluster, drawn by the seed. A centre that no sample is nearest to moves to the sample furthest from its own. Throws
 * `ValueError` for more clusters than samples, `DataError` for a NaN.
 */
export async function kMeans(features: Features, options: KMeansOptions): Promise<KMeans> {
  const rules = {
    ...runRules,
    ...subsetRules,
    clusters: wholeNumber(1),
    maxIterations: wholeNumber(1),
    tolerance: notNegative,
    seed: aSeed,
  }
  const checked = checkOptions('kMeans', options, rules, ['clusters'])
  const { clusters, maxIterations = 100, tolerance = 1e-4, seed = 0 } = checked
  const matrix = matrixOf(features)
  const rows = checkRows(matrix, checked.rows)
  if (clusters > rows.length) {
    throw new ValueError(
      `clusters ${clusters} for ${rows.length} samples: give a whole number from 1 to ${rows.length}`,
    )
  }
  const run = startRun(checked)
  const columns = matrix.shape[1]
  const centres = await startingCentres(run, matrix, rows, clusters, seed)
  let before: Assignment | null = null
  let converged = false
  let iterations = 0
  while (iterations < maxIterations && !converged) {
    await run.step('iterations', iterations, maxIterations)
    const found = await assign(run, matrix, rows, centres, clusters)
    const same = before !== null && found.nearest.every((k, i) => k === before!.nearest[i])
    converged =
      same || (before !== null && before.inertia - found.inertia <= tolerance * found.inertia && tolerance > 0)
    if (!same) moveCentres(matrix, rows, centres, clusters, found)
    before = found
    iterations++
  }
  await run.step('iterations', maxIterations, maxIterations)
  const { nearest, inertia } = await assign(run, matrix, rows, centres, clusters)
  const counts = new Int32Array(clusters)
  for (const k of nearest) counts[k]++
  const shown: FeatureMatrix = { data: centres, shape: [clusters, columns] }
  return {
    centres: shown,
    counts,
    inertia,
    iterations,
    converged,
    async predict(asked, predictOptions) {
      const { matrix: x, rows: some, run: running } = samplesFor(asked, columns, predictOptions, run.backend)
      return (await assign(running, x, some, centres, clusters)).nearest
    },
  }
}

/** The nearest centre of each sample, and how far it is. */
interface Assignment {
  readonly nearest: Int32Array
  /** ‖x − centre‖². */
  readonly squares: Float64Array
  readonly inertia: number
}

async function assign(
  run: Run,
  matrix: FeatureMatrix,
  rows: Int32Array,
  centres: FeatureMatrix['data'],
  clusters: number,
): Promise<Assignment> {
  const columns = matrix.shape[1]
  const nearest = new Int32Array(rows.length)
  const squares = new Float64Array(rows.length)
  let inertia = 0
  // measured from the first centre, so that a mean far away costs no digits
  const origin = Float64Array.from(centres.subarray(0, columns))
  const own = realArray(dtypeOf(matrix.data), centres.length)
  for (let at = 0; at < centres.length; at++) own[at] = centres[at] - origin[at % columns]
  const norms = squaredNorms(own, clusters, columns)
  const right = upload(run, own, clusters, columns)
  try {
    for (const { data, start, count } of chunksOf(matrix, rows, origin)) {
      const products = await compute(run, () => matmul(upload(run, data, count, columns), right.transpose()))
      const square = squaredNorms(data, count, columns)
      for (let i = 0; i < count; i++) {
        let [best, least] = [0, Infinity]
        for (let k = 0, at = i * clusters; k < clusters; k++, at++) {
          const distance = norms[k] - 2 * products[at]
          if (distance < least) [best, least] = [k, distance]
        }
        nearest[start + i] = best
        squares[start + i] = Math.max(0, least + square[i])
        inertia += squares[start + i]
      }
      await run.breathe()
    }
  } finally {
    run.backend.release(right.buffer)
  }
  return { nearest, squares, inertia }
}

/** Every centre to the mean of its samples; one without samples to the sample that is furthest from its own centre. */
function moveCentres(
  matrix: FeatureMatrix,
  rows: Int32Array,
  centres: FeatureMatrix['data'],
  clusters: number,
  { nearest, squares }: Assignment,
): void {
  const columns = matrix.shape[1]
  const sums = new Float64Array(clusters * columns)
  const counts = new Int32Array(clusters)
  rows.forEach((row, i) => {
    const [to, from] = [nearest[i] * columns, row * columns]
    counts[nearest[i]]++
    for (let j = 0; j < columns; j++) sums[to + j] += matrix.data[from + j] - centres[to + j]
  })
  const taken = new Set<number>()
  for (let k = 0; k < clusters; k++) {
    if (counts[k] > 0) {
      for (let j = 0, at = k * columns; j < columns; j++, at++) centres[at] += sums[at] / counts[k]
      continue
    }
    let furthest = -1
    for (let i = 0; i < rows.length; i++)
      if (!taken.has(i) && (furthest < 0 || squares[i] > squares[furthest])) furthest = i
    taken.add(furthest)
    const from = rows[furthest] * columns
    centres.set(matrix.data.subarray(from, from + columns), k * columns)
  }
}

/** k-means++: each centre a sample, drawn in proportion to its squared distance from the centres before it. */
async function startingCentres(
  run: Run,
  matrix: FeatureMatrix,
  rows: Int32Array,
  clusters: number,
  seed: number | string,
): Promise<FeatureMatrix['data']> {
  const columns = matrix.shape[1]
  const stream = random(seed)
  const order = stream.permutation(rows.length).slice(0, CANDIDATES * clusters)
  const some = Int32Array.from(order, (i) => rows[i])
  const centres = realArray(dtypeOf(matrix.data), clusters * columns)
  const distances = new Float64Array(some.length).fill(Infinity)
  let chosen = 0
  for (let k = 0; k < clusters; k++) {
    const from = some[chosen] * columns
    centres.set(matrix.data.subarray(from, from + columns), k * columns)
    let total = 0
    for (let i = 0; i < some.length; i++) {
      let square = 0
      for (let j = 0, at = some[i] * columns; j < columns; j++)
        square += (matrix.data[at + j] - matrix.data[from + j]) ** 2
      distances[i] = Math.min(distances[i], square)
      total += distances[i]
    }
    // where all samples are centres already, the next in the drawn order
    let left = stream.uniform() * total
    chosen = total > 0 ? distances.findIndex((square) => (left -= square) < 0 && square > 0) : (k + 1) % some.length
    if (chosen < 0) chosen = distances.findLastIndex((square) => square > 0)
    await run.breathe()
  }
  return centres
}

function squaredNorms(data: FeatureMatrix['data'], count: number, columns: number): Float64Array {
  const norms = new Float64Array(count)
  for (let i = 0, at = 0; i < count; i++) for (const end = at + columns; at < end; at++) norms[i] += data[at] * data[at]
  return norms
}
