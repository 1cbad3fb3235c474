// Neural collapse (Papyan, Han and Donoho 2020): how far the points of each class have shrunk to their mean, the means to the corners of a
// simplex, the classifier to the means. Everything is unchanged by isometries and by one factor for all features.
import { DataError, leadingEigenpairs } from '@scatterlab/learn'
import type { ShapedArray } from '@scatterlab/tensor'

/** The points of each class by their mean. */
export interface ClassMeans {
  readonly classes: number
  /** The mean of the classes' means, [features]. */
  readonly centre: Float64Array
  /** The means less the centre, [classes, features]. */
  readonly means: Float64Array
}

/** What is left until the collapse is whole: 0 in all of them. */
export interface Collapse {
  /** NC1: tr(Σ_W Σ_B⁺)/C. */
  readonly within: number
  /** NC2: deviation of the means' lengths over the mean length. */
  readonly lengths: number
  /** NC2: mean of |cos + 1/(C − 1)| over pairs of means. */
  readonly angles: number
  /** NC4: the share of points whose nearest class mean is not theirs. */
  readonly farther: number
}

/** Means of the classes, each counted once. Throws `DataError` for a class without points. */
export function classMeans({ data, shape }: ShapedArray, labels: ArrayLike<number>): ClassMeans {
  const columns = data.length / shape[0]
  const classes = 1 + Array.from(labels).reduce((most, label) => Math.max(most, label), 0)
  const counts = new Float64Array(classes)
  const means = new Float64Array(classes * columns)
  for (let i = 0; i < shape[0]; i++) {
    counts[labels[i]]++
    for (let c = 0; c < columns; c++) means[labels[i] * columns + c] += data[i * columns + c]
  }
  const empty = counts.indexOf(0)
  if (empty >= 0 || classes < 2) {
    const what = empty >= 0 ? `class ${empty} has no point` : 'all points are of class 0'
    throw new DataError(`${what}: give points of two classes or more, each from 0 on with one`)
  }
  const centre = new Float64Array(columns)
  for (let k = 0; k < classes; k++) {
    for (let c = 0; c < columns; c++) {
      means[k * columns + c] /= counts[k]
      centre[c] += means[k * columns + c] / classes
    }
  }
  for (let at = 0; at < means.length; at++) means[at] -= centre[at % columns]
  return { classes, centre, means }
}

/** The measures of points [count, features] by themselves. Throws `DataError` where two classes are missing, or all means are one point. */
export async function collapse(points: ShapedArray, labels: ArrayLike<number>): Promise<Collapse> {
  const found = classMeans(points, labels)
  const { classes, means } = found
  const columns = means.length / classes
  const gram = productsOf(means, classes)
  const { values, vectors } = await leadingEigenpairs({ data: gram, shape: [classes, classes] }, classes)
  if (!(values[0] > 0)) throw new DataError('all classes have one mean: collapse is measured against their distances')
  // Σ_B = MᵀM/C has the eigenvectors Mᵀu/√λ, its eigenvalues are those of MMᵀ over C
  let within = 0
  for (let k = 0; k < classes && values[k] > 1e-10 * values[0]; k++) {
    const axis = new Float64Array(columns)
    for (let c = 0; c < classes; c++) {
      const weight = vectors[k * classes + c] / Math.sqrt(values[k])
      for (let j = 0; j < columns; j++) axis[j] += weight * means[c * columns + j]
    }
    within += varianceAlong(points, labels, found, axis) / (values[k] / classes)
  }
  const lengths = Array.from({ length: classes }, (_, k) => Math.sqrt(gram[k * classes + k]))
  const length = lengths.reduce((sum, value) => sum + value, 0) / classes
  let angles = 0
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < a; b++) {
      const product = lengths[a] * lengths[b]
      // a mean at the centre has no direction
      angles += Math.abs((product > 0 ? gram[a * classes + b] / product : 0) + 1 / (classes - 1))
    }
  }
  const nearest = nearestMeans(points, found)
  return {
    within: within / classes,
    lengths: Math.sqrt(lengths.reduce((sum, value) => sum + (value - length) ** 2, 0) / classes) / length,
    angles: angles / ((classes * (classes - 1)) / 2),
    farther: nearest.filter((label, i) => label !== labels[i]).length / nearest.length,
  }
}

/** NC3: ‖W/‖W‖ − M/‖M‖‖ of a linear classifier's weights W and class means M less their centre, both [classes, features]. From 0 to 2. */
export function duality(weights: ArrayLike<number>, { means }: Pick<ClassMeans, 'means'>): number {
  const norm = (a: ArrayLike<number>): number => Math.sqrt(Array.from(a).reduce((sum, v) => sum + v * v, 0))
  const [w, m] = [norm(weights), norm(means)]
  return norm(means.map((value, at) => weights[at] / w - value / m))
}

/** NC4, of a classifier's classes and those of the nearest means: the share of two lists that differs. */
export const disagreeing = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).filter((label, i) => label !== b[i]).length / a.length

/** The class whose mean is nearest, of each point. */
export function nearestMeans({ data, shape }: ShapedArray, { classes, centre, means }: ClassMeans): Int32Array {
  const columns = centre.length
  return Int32Array.from({ length: shape[0] }, (_, i) => {
    const squares = Array.from({ length: classes }, (_, k) => {
      let square = 0
      for (let c = 0; c < columns; c++) square += (data[i * columns + c] - centre[c] - means[k * columns + c]) ** 2
      return square
    })
    return squares.indexOf(Math.min(...squares))
  })
}

/** MMᵀ. */
function productsOf(means: Float64Array, classes: number): Float64Array {
  const columns = means.length / classes
  const out = new Float64Array(classes * classes)
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < classes; b++) {
      for (let c = 0; c < columns; c++) out[a * classes + b] += means[a * columns + c] * means[b * columns + c]
    }
  }
  return out
}

/** vᵀ Σ_W v, the classes counted alike. */
function varianceAlong(
  { data, shape }: ShapedArray,
  labels: ArrayLike<number>,
  { classes, centre, means }: ClassMeans,
  axis: Float64Array,
): number {
  const columns = axis.length
  const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)]
  for (let i = 0; i < shape[0]; i++) {
    let along = 0
    const own = labels[i] * columns
    for (let c = 0; c < columns; c++) along += (data[i * columns + c] - centre[c] - means[own + c]) * axis[c]
    sums[labels[i]] += along * along
    counts[labels[i]]++
  }
  return sums.reduce((sum, square, k) => sum + square / counts[k], 0) / classes
}
