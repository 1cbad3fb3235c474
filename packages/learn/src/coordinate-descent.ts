// Dual coordinate descent for a two-class linear support vector machine (Hsieh, Chang, Lin, Keerthi and Sundararajan 2008): one
// sample's α at a time, in an order that is drawn anew in each pass; samples that stay at a bound are left out for a while.
import type { Random } from '@scatterlab/tensor'
import type { FeatureMatrix } from './features.ts'

/** `hinge` max(0, 1 − y f(x)), or `squaredHinge`, its square. */
export type MarginLoss = 'hinge' | 'squaredHinge'

/** How to solve: least ½‖w‖² + ½b² + C Σ loss, where f(x) = w·x + s·b with the constant s. */
export interface CoordinateOptions {
  readonly cost: number
  readonly loss: MarginLoss
  /** s. */
  readonly interceptScale: number
  /** The gap that may remain, relative to the primal objective. */
  readonly tolerance: number
  /** Passes over the samples. */
  readonly maxIterations: number
}

/** A solution: w with s·b at its end, and how good it is. */
export interface CoordinateSolution {
  readonly weights: Float64Array
  readonly alpha: Float64Array
  /** The dual objective Σα − ½‖w‖² − ½b² (− Σα²/4C for the squared hinge). */
  readonly objective: number
  readonly gap: number
  readonly iterations: number
  readonly converged: boolean
}

/** Between two measurements of the gap, which cost a pass each. */
const PASSES = 5

/** Solves for labels y = ±1 of the rows. `breathe` is awaited between passes. */
export async function descendCoordinates(
  { data, shape: [, columns] }: FeatureMatrix,
  rows: Int32Array,
  y: Float64Array,
  { cost, loss, interceptScale, tolerance, maxIterations }: CoordinateOptions,
  random: Random,
  breathe: () => Promise<void>,
): Promise<CoordinateSolution> {
  const count = rows.length
  const squared = loss === 'squaredHinge'
  const most = squared ? Infinity : cost
  const extra = squared ? 1 / (2 * cost) : 0
  const alpha = new Float64Array(count)
  const weights = new Float64Array(columns + 1)
  const curvature = Float64Array.from(rows, (row) => {
    let square = interceptScale ** 2
    for (let at = row * columns; at < (row + 1) * columns; at++) square += data[at] * data[at]
    return square + extra
  })

  /** w·x + s·b of a sample. */
  function valueOf(i: number): number {
    const from = rows[i] * columns
    let value = interceptScale * weights[columns]
    for (let j = 0; j < columns; j++) value += weights[j] * data[from + j]
    return value
  }

  function quality(): { objective: number; gap: number; primal: number } {
    let square = 0
    for (const w of weights) square += w * w
    let [slack, sum] = [0, 0]
    for (let i = 0; i < count; i++) {
      const short = Math.max(0, 1 - y[i] * valueOf(i))
      slack += squared ? short * short : short
      sum += alpha[i] - (extra / 2) * alpha[i] ** 2
    }
    const [primal, objective] = [square / 2 + cost * slack, sum - square / 2]
    return { objective, primal, gap: primal - objective }
  }

  let active: Int32Array = Int32Array.from(alpha.keys())
  // the largest and the least projected gradient of the last pass: beyond them a sample at a bound rests
  let [highest, lowest] = [Infinity, -Infinity]
  let found = quality()
  let iterations = 0
  while (found.gap > tolerance * found.primal && iterations < maxIterations) {
    const order = random.permutation(active.length)
    const kept: number[] = []
    let [high, low] = [-Infinity, Infinity]
    for (const at of order) {
      const i = active[at]
      const gradient = y[i] * valueOf(i) - 1 + extra * alpha[i]
      if (alpha[i] === 0 && gradient > highest) continue
      if (alpha[i] === most && gradient < lowest) continue
      kept.push(i)
      const projected = alpha[i] === 0 ? Math.min(gradient, 0) : alpha[i] === most ? Math.max(gradient, 0) : gradient
      high = Math.max(high, projected)
      low = Math.min(low, projected)
      if (projected === 0 || curvature[i] === 0) continue
      const next = Math.min(most, Math.max(0, alpha[i] - gradient / curvature[i]))
      const step = (next - alpha[i]) * y[i]
      alpha[i] = next
      const from = rows[i] * columns
      for (let j = 0; j < columns; j++) weights[j] += step * data[from + j]
      weights[columns] += step * interceptScale
    }
    iterations++
    active = Int32Array.from(kept).sort()
    highest = high > 0 ? high : Infinity
    lowest = low < 0 ? low : -Infinity
    const settled = high - low < tolerance / 10 || active.length === 0
    if (iterations % PASSES === 0 || settled || iterations === maxIterations) {
      found = quality()
      // all samples again, lest one that rests be needed
      if (active.length < count && (settled || iterations % (4 * PASSES) === 0)) {
        active = Int32Array.from(alpha.keys())
        ;[highest, lowest] = [Infinity, -Infinity]
      }
    }
    await breathe()
  }
  const { objective, gap, primal } = found
  return { weights, alpha, objective, gap, iterations, converged: gap <= tolerance * primal }
}
