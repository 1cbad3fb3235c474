// The measures of digits, where f is the class: fitted to some digits, measured on others.
import { type LinearClassifier, errorCount, ridgeSelect } from '@scatterlab/learn'
import { separation } from '@scatterlab/symmetry'
import type { Backend, ShapedArray } from '@scatterlab/tensor'
import { meanCosine, spanOf } from './level-sets.ts'

/** Φ of the digits that are learned from and of those that are not, with their classes from 0. */
export interface Features {
  readonly known: ShapedArray
  readonly knownLabels: Uint8Array
  readonly unseen: ShapedArray
  readonly unseenLabels: Uint8Array
}

/** What is found of a Φ. */
export interface DigitMeasures {
  /** 1 − R² of the linear function fitted to the known digits, of the unseen ones: classes are −1 and 1, one number a class. */
  readonly unexplained: number
  /** The least ratio ‖Φ(x) − Φ(x')‖/‖f(x) − f(x')‖ of unseen digits, Φ scaled to a deviation of 1, and its 1 % quantile. */
  readonly least: number
  readonly quantile: number
  /** That quantile over the mean distance of two unseen digits of one class: distances are alike in many dimensions, ε alone is not enough. */
  readonly margin: number
  /** Mean cosine between the spaces of ten directions of two classes of known digits. */
  readonly cosine: number
  readonly errors: number
  readonly total: number
  /** The score of class 1 less that of class 0, for each unseen digit. */
  readonly projections: Float64Array
}

/** Penalties to choose from, times the mean square distance of features from their mean. */
const PENALTIES = [1e-3, 1e-2, 1e-1, 1, 10, 100]
/** Directions of a class. */
const DIRECTIONS = 10
/** Unseen digits whose pairs are looked at. */
const PAIRED = 500

/** The measures of one Φ. */
export async function digitMeasures(
  { known, knownLabels, unseen, unseenLabels }: Features,
  options: { readonly backend: Backend; readonly seed: number; readonly signal: AbortSignal },
): Promise<DigitMeasures> {
  const { backend, signal } = options
  const variance = deviationOf(known, known.shape[0]) ** 2
  const penalties = PENALTIES.map((factor) => factor * variance)
  const { classifier } = await ridgeSelect(known, knownLabels, { ...options, penalties })
  const { data: scores, shape } = await classifier.scores(unseen, { backend, signal })
  const { errors, count: total } = errorCount(await classifier.predict(unseen, { backend, signal }), unseenLabels)
  const some = Math.min(PAIRED, unseenLabels.length)
  const f = new Float64Array(some * shape[1])
  unseenLabels.subarray(0, some).forEach((label, i) => (f[i * shape[1] + label] = Math.SQRT1_2))
  const near = scaled(unseen, some)
  const { least, quantile } = separation(near, { data: f, shape: [some, shape[1]] })
  const spans: ShapedArray[] = []
  for (let label = 0; label < shape[1]; label++) {
    const rows = [...knownLabels.keys()].filter((i) => knownLabels[i] === label)
    spans.push(await spanOf(known, rows, DIRECTIONS))
  }
  return {
    unexplained: unexplained(scores, unseenLabels, classifier),
    least,
    quantile,
    margin: quantile / meanWithin(near, unseenLabels),
    cosine: meanCosine(spans),
    errors,
    total,
    projections: Float64Array.from(unseenLabels, (_, i) => (scores[i * shape[1] + 1] - scores[i * shape[1]]) / 2),
  }
}

/** Mean distance of two points of one class. */
function meanWithin({ data, shape }: ShapedArray, labels: Uint8Array): number {
  const [count, columns] = [shape[0], data.length / shape[0]]
  let [sum, pairs] = [0, 0]
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      if (labels[i] !== labels[j]) continue
      let square = 0
      for (let c = 0; c < columns; c++) square += (data[i * columns + c] - data[j * columns + c]) ** 2
      sum += Math.sqrt(square)
      pairs++
    }
  }
  return sum / pairs
}

/** Σ‖s − y‖²/Σ‖y − ȳ‖², y = ±1. */
function unexplained(scores: ArrayLike<number>, labels: Uint8Array, { classes }: LinearClassifier): number {
  let [left, all] = [0, 0]
  for (let k = 0; k < classes; k++) {
    const targets = Array.from(labels, (label) => (label === k ? 1 : -1))
    const mean = targets.reduce((sum, y) => sum + y, 0) / targets.length
    targets.forEach((y, i) => {
      left += (scores[i * classes + k] - y) ** 2
      all += (y - mean) ** 2
    })
  }
  return left / all
}

/** The first rows, divided by the root of their mean square distance from their mean. */
function scaled(features: ShapedArray, count: number): ShapedArray<Float64Array> {
  const columns = features.data.length / features.shape[0]
  const deviation = deviationOf(features, count)
  return {
    data: Float64Array.from(features.data.subarray(0, count * columns), (v) => v / deviation),
    shape: [count, columns],
  }
}

/** √ of the mean of ‖x − μ‖² over the first rows. */
function deviationOf({ data, shape }: ShapedArray, count: number): number {
  const columns = data.length / shape[0]
  const [sum, squares] = [new Float64Array(columns), new Float64Array(columns)]
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < columns; c++) {
      const value = data[i * columns + c]
      sum[c] += value / count
      squares[c] += (value * value) / count
    }
  }
  return Math.sqrt(squares.reduce((total, square, c) => total + square - sum[c] ** 2, 0))
}
