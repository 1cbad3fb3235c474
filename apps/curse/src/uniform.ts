// n uniform points in d dimensions, drawn: how far the nearest one is, and how well the k nearest interpolate.
import { type Random, random } from '@scatterlab/tensor'
import { nearestOf, sorted } from './neighbour-search.ts'
import { relativeDeviation } from './theory.ts'

/** Means over queries; errors are root mean squares over the deviation of f. */
export interface Drawn {
  readonly torus: number
  readonly cube: number
  /** Error of the mean of f over the k nearest points of the torus, for each k of `neighbours`. */
  readonly interpolation: readonly number[]
}

/** How many neighbours interpolate. */
export const neighbours: readonly number[] = [1, 10]

/** The standard error of mean distances that queries are drawn for. */
const PRECISION = 0.005

/** Queries that make the standard error of the mean distance 0.5 %, 400 at least. */
export const queriesFor = (d: number): number => Math.max(400, Math.ceil((relativeDeviation(d) / PRECISION) ** 2))

/** f(x): the distance on the torus to its middle, which changes by no more than x does: |f(x) − f(x')| ≤ ‖x − x'‖. */
function f(data: ArrayLike<number>, row: number, d: number): number {
  let square = 0
  for (let c = row * d; c < (row + 1) * d; c++) square += (data[c] - 0.5) ** 2
  return Math.sqrt(square)
}

/** One drawing of distances and errors: sets of n points, each with at most n/8 queries, since those of one set depend on each other. */
export async function draw(n: number, d: number, seed: string, onQuery: () => Promise<void>): Promise<Drawn> {
  const stream = random(seed)
  const total = queriesFor(d)
  const sums = { torus: 0, cube: 0, f: 0, squareOfF: 0, errors: neighbours.map(() => 0) }
  const perSet = Math.ceil(n / 8)
  for (let left = total; left > 0; left -= perSet) await someQueries(stream, Math.min(left, perSet))
  const deviation = Math.sqrt(sums.squareOfF / total - (sums.f / total) ** 2)
  return {
    torus: sums.torus / total,
    cube: sums.cube / total,
    interpolation: sums.errors.map((square) => Math.sqrt(square / total) / deviation),
  }

  async function someQueries(stream: Random, count: number): Promise<void> {
    const points = sorted(stream.fillUniform(new Float64Array(n * d)), d)
    const values = Float64Array.from({ length: n }, (_, row) => f(points.data, row, d))
    const [onTorus, onCube] = [nearestOf(points, Math.max(...neighbours), true), nearestOf(points, 1, false)]
    const query = new Float64Array(d)
    for (let q = 0; q < count; q++) {
      stream.fillUniform(query)
      const own = f(query, 0, d)
      const { distances, rows } = onTorus(query)
      sums.torus += distances[0]
      neighbours.forEach((k, i) => {
        let mean = 0
        for (let v = 0; v < k; v++) mean += values[rows[v]] / k
        sums.errors[i] += (mean - own) ** 2
      })
      sums.f += own
      sums.squareOfF += own ** 2
      sums.cube += onCube(query).distances[0]
      await onQuery()
    }
  }
}

/** The slope of the least-squares line through (log n, log y). */
export function logSlope(sizes: readonly number[], values: readonly number[]): number {
  const [x, y] = [sizes.map(Math.log), values.map(Math.log)]
  const mean = (of: number[]): number => of.reduce((a, b) => a + b, 0) / of.length
  const [mx, my] = [mean(x), mean(y)]
  return x.reduce((sum, v, i) => sum + (v - mx) * (y[i] - my), 0) / x.reduce((sum, v) => sum + (v - mx) ** 2, 0)
}
