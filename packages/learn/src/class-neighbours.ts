// How near samples of one class lie to each other and to those of other classes: all pairs, a few hundred rows at a time. It classifies
// nothing; `nearest-neighbours.ts` does.
import { checkOptions, matmul } from '@scatterlab/tensor'
import { compute, gatherRows, meanOfRows, upload } from './chunks.ts'
import { DataError } from './errors.ts'
import {
  type Features,
  type Labels,
  type SubsetOptions,
  groupByClass,
  normOf,
  subsetRules,
  trainingSet,
} from './features.ts'
import { type RunOptions, runRules, startRun } from './run.ts'

/** One neighbour of each sample: its row of the features, and its Euclidean distance. */
export interface NearestSample {
  /** The neighbour's row in the features. */
  readonly indices: Int32Array
  /** Euclidean. */
  readonly distances: Float64Array
}

/** Pairs of samples of one class, and of two. */
export interface ClassNeighbours {
  /** Of each sample the nearest other one of its class. */
  readonly same: NearestSample
  /** Of each sample the nearest one of another class. The least of these distances is the margin between classes. */
  readonly other: NearestSample
  /** Mean distance of two samples of one class, over all such pairs. */
  readonly within: number
  /** Mean distance of two samples of two classes. */
  readonly between: number
}

/** Options of `classNeighbours`. */
export interface ClassNeighboursOptions extends RunOptions, SubsetOptions {}

const ROWS = 256
/** Squares of distances that are not this many times their error are measured from the samples themselves. */
const SURE = 1e6

/**
 * For each sample (of `rows`, in their order) the nearest one of its own class and of another, and the mean distances of pairs; of equal
 * distances the sample that comes first. Neighbours are those of distances in double precision; means are exact to 1e-6. Throws `DataError`
 * for labels that do not fit, for fewer than two classes, and for a class of one sample.
 */
export async function classNeighbours(
  features: Features,
  labels: Labels,
  options?: ClassNeighboursOptions,
): Promise<ClassNeighbours> {
  const checked = checkOptions('classNeighbours', options, { ...runRules, ...subsetRules })
  const { matrix, labels: all, rows } = trainingSet(features, labels, checked)
  const alone = groupByClass(all, rows).findIndex((group) => group.length === 1)
  if (alone >= 0) throw new DataError(`class ${alone} has one sample: give two or more of each class`)
  const run = startRun(checked)
  const [count, columns] = [rows.length, matrix.shape[1]]
  // less the mean, so that products lose no digits to it
  const x = new Float64Array(count * columns)
  gatherRows(matrix, rows, meanOfRows(matrix, rows), x)
  const own = Int32Array.from(rows, (row) => all[row])
  const norms = Float64Array.from(rows, (_, i) => normOf(x, i * columns, (i + 1) * columns))
  const longest = norms.reduce((most, norm) => Math.max(most, norm), 0)
  const [same, other] = [emptyNearest(count), emptyNearest(count)]
  const sums = { within: 0, between: 0 }
  const pairs = { within: 0, between: 0 }
  const squareOf = (i: number, j: number): number => {
    let square = 0
    for (let a = i * columns, b = j * columns, end = a + columns; a < end; a++, b++) square += (x[a] - x[b]) ** 2
    return square
  }
  for (let first = 0; first < count; first += ROWS) {
    await run.step('samples', first, count)
    const some = Math.min(ROWS, count - first)
    const products = await compute(run, () =>
      matmul(
        upload(run, x.subarray(first * columns, (first + some) * columns), some, columns),
        upload(run, x, count, columns).transpose(),
      ),
    )
    for (let i = first; i < first + some; i++) {
      const error = (columns + 3) * 2 ** -53 * (norms[i] + longest) ** 2
      const squares = products.subarray((i - first) * count, (i - first + 1) * count)
      const least = [Infinity, Infinity]
      for (let j = 0; j < count; j++) {
        if (j === i) continue
        const quick = norms[i] ** 2 + norms[j] ** 2 - 2 * squares[j]
        squares[j] = quick > SURE * error ? quick : squareOf(i, j)
        const kind = own[i] === own[j] ? 0 : 1
        if (squares[j] < least[kind]) least[kind] = squares[j]
        if (j > i) {
          const name = kind === 0 ? 'within' : 'between'
          sums[name] += Math.sqrt(squares[j])
          pairs[name]++
        }
      }
      for (let j = 0; j < count; j++) {
        const kind = own[i] === own[j] ? 0 : 1
        if (j === i || squares[j] > least[kind] + 2 * error) continue
        const distance = Math.sqrt(squareOf(i, j))
        const nearest = kind === 0 ? same : other
        if (distance >= nearest.distances[i]) continue
        nearest.distances[i] = distance
        nearest.indices[i] = rows[j]
      }
    }
  }
  await run.step('samples', count, count)
  return { same, other, within: sums.within / pairs.within, between: sums.between / pairs.between }
}

const emptyNearest = (count: number): NearestSample => ({
  indices: new Int32Array(count),
  distances: new Float64Array(count).fill(Infinity),
})
