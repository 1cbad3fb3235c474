// What is measured of one layer: how close the points of a class lie, how far those of two classes stay apart. Distances are over the
// points' own spread (√ of their mean square distance from the mean), so that a factor common to all features, or an isometry, changes nothing.
import {
  type RunOptions,
  classNeighbours,
  errorCount,
  kNearestNeighbours,
  principalComponents,
  standardise,
  svm,
} from '@scatterlab/learn'
import { type ShapedArray, ValueError } from '@scatterlab/tensor'
import { type Collapse, collapse } from './collapse.ts'
import { localSupportVectors } from './support.ts'

/** Points that are measured, and others that a classifier knows: features [count, d], labels from 0. */
export interface Points {
  readonly points: ShapedArray
  readonly labels: Uint8Array
  readonly known: ShapedArray
  readonly knownLabels: Uint8Array
}

/** What is found in one layer. */
export interface LayerMeasures {
  readonly dimension: number
  /** Mean distance of two points of one class, over that of two points of two classes. */
  readonly spread: number
  /** Mean distance of two points of one class. */
  readonly within: number
  /** The least distance of points of two classes, and what a hundredth of all points have to another class. */
  readonly margin: number
  readonly nearMargin: number
  /** The same hundredth over the mean distance in a class. */
  readonly relativeMargin: number
  /** Median distances to the nearest point of the same class and of another. */
  readonly nearestSame: number
  readonly nearestOther: number
  /** Points whose nearest known one is of another class. */
  readonly nearestErrors: number
  /** |Γ_k| for k = 1, 2, …: local support vectors. */
  readonly support: readonly number[]
  /** Directions that hold 90 % of the variance of a class, mean over classes; and the share that the first 1, 2, 4, … hold. */
  readonly directions: number
  readonly variance: readonly number[]
  readonly collapse: Collapse
}

/** How many neighbours support vectors are asked for. */
const NEIGHBOURS = 30
const HELD = 0.9

/** Measures a layer. Throws `DataError` for one class only, `ValueError` for a layer that gives the same numbers for all points. */
export async function measure(
  { points, labels, known, knownLabels }: Points,
  run: RunOptions = {},
): Promise<LayerMeasures> {
  const scale = deviationOf(points)
  if (!(scale > 0))
    throw new ValueError('a layer gives the same numbers for all images: train it, or give other images')
  const { same, other, within, between } = await classNeighbours(points, labels, run)
  const nearest = await kNearestNeighbours(known, knownLabels, run).predict(points)
  const { directions, variance } = await variances(points, labels, run)
  const near = quantile(other.distances, 0.01)
  return {
    dimension: points.data.length / points.shape[0],
    spread: within / between,
    within: within / scale,
    margin: quantile(other.distances, 0) / scale,
    nearMargin: near / scale,
    relativeMargin: near / within,
    nearestSame: quantile(same.distances, 0.5) / scale,
    nearestOther: quantile(other.distances, 0.5) / scale,
    nearestErrors: errorCount(nearest, labels).errors,
    support: await localSupportVectors(points, labels, { ...run, most: Math.min(NEIGHBOURS, points.shape[0] - 1) }),
    directions,
    variance,
    collapse: await collapse(points, labels),
  }
}

/** Errors of a machine with a Gaussian kernel, γ = 1/2d on standardised features, C = 1: Oyallon's. */
export async function kernelErrors({ points, labels, known, knownLabels }: Points, run: RunOptions): Promise<number> {
  const scaler = standardise(known)
  const gamma = 1 / (2 * (known.data.length / known.shape[0]))
  const machine = await svm(scaler.apply(known), knownLabels, { kernel: 'rbf', gamma, cost: 1, ...run })
  return errorCount(await machine.predict(scaler.apply(points)), labels).errors
}

/** How the variance of each class is spread over its directions, mean over classes. */
async function variances(
  points: ShapedArray,
  labels: Uint8Array,
  run: RunOptions,
): Promise<Pick<LayerMeasures, 'directions' | 'variance'>> {
  const columns = points.data.length / points.shape[0]
  const classes = 1 + labels.reduce((most, label) => Math.max(most, label), 0)
  const numbers = Array.from({ length: 1 + Math.floor(Math.log2(columns)) }, (_, power) => 2 ** power)
  const shares = numbers.map(() => 0)
  let directions = 0
  for (let label = 0; label < classes; label++) {
    const rows = [...labels.keys()].filter((i) => labels[i] === label)
    const count = Math.min(columns, rows.length - 1)
    const { variances: own } = await principalComponents(points, { ...run, rows, count })
    const total = own.reduce((sum, value) => sum + value, 0)
    const cumulated = Array.from(own, (_, k) => own.subarray(0, k + 1).reduce((sum, value) => sum + value, 0) / total)
    // a class that is one point has no direction, and nothing beyond it
    directions += (1 + cumulated.findIndex((share) => share >= HELD - 1e-9)) / classes
    numbers.forEach((number, at) => (shares[at] += (cumulated[Math.min(number, cumulated.length) - 1] ?? 1) / classes))
  }
  return { directions, variance: shares }
}

/** √ of the mean of ‖x − μ‖². */
export function deviationOf({ data, shape }: ShapedArray): number {
  const columns = data.length / shape[0]
  let total = 0
  for (let c = 0; c < columns; c++) {
    // from the first point, so that what is constant has no deviation
    let [sum, squares] = [0, 0]
    for (let at = c; at < data.length; at += columns) {
      const value = data[at] - data[c]
      sum += value
      squares += value * value
    }
    total += squares / shape[0] - (sum / shape[0]) ** 2
  }
  return Math.sqrt(Math.max(0, total))
}

function quantile(values: Float64Array, share: number): number {
  const sorted = values.toSorted()
  return sorted[Math.round(share * (sorted.length - 1))]
}
