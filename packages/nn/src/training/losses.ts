// The losses that training makes small: means over a batch, each a scalar.
import { checkLengths, softmaxCrossEntropy } from '@scatterlab/tensor/operations'
import {
  type RealArray,
  type Shape,
  type ShapedArray,
  type Tensor,
  add,
  belowOne,
  checkArgument,
  checkOptions,
  differentiable,
  div,
  empty,
  formatShape,
  mean,
  mul,
  numberFrom,
  pointwise,
  realArray,
  sameShape,
  ShapeError,
  stopGradient,
  sum,
  tensor,
  ValueError,
} from '@scatterlab/tensor'
import { checkTensor, classLabels, isDistributions } from '../arguments.ts'

/** A probability of each class for each item, rows that sum to 1: { data, shape: [items, classes] }. */
export type Distributions = ShapedArray<RealArray>

/** What a classifier is told of its items: a class for each, or a probability of each class. */
export type ClassLabels = ArrayLike<number> | Distributions

/** How `crossEntropy` reads its labels. */
export interface CrossEntropyOptions {
  /** Share of every label that is spread evenly over all classes (default 0), below 1: label smoothing. */
  readonly smoothing?: number
}

/**
 * The mean over items of −Σ_c t[n, c]·log softmax(logits[n, ·])[c]: logits [items, classes]; t is 1 for the class that `labels` names (from
 * 0), or what they hold as probabilities; with `smoothing` s it becomes (1 − s)·t + s / classes (Szegedy et al. 2016, section 7). Nothing
 * overflows, whatever the logits. Throws `ShapeError`, or `ValueError` for a label that is no class and for rows that do not sum to 1.
 */
export function crossEntropy(logits: Tensor, labels: ClassLabels, options?: CrossEntropyOptions): Tensor {
  checkTensor('crossEntropy: logits', logits)
  checkArgument('crossEntropy: labels', labels, classLabels)
  const { smoothing = 0 } = checkOptions('crossEntropy', options, { smoothing: belowOne })
  checkLengths('logits', logits.shape, [null, null])
  const [items, classes] = logits.shape
  // −Σ t·log p = −log p[k] + Σ ([c = k] − t)·z, for any class k
  if (isDistributions(labels)) {
    checkDistributions(labels, logits.shape)
    const first = new Int32Array(items)
    return add(
      ofClasses(logits, first),
      towards(logits, first, (n, c) => labels.data[n * classes + c], smoothing),
    )
  }
  const own = integers(labels)
  if (smoothing === 0) return ofClasses(logits, own)
  return add(
    ofClasses(logits, own),
    towards(logits, own, (n, c) => Number(own[n] === c), smoothing),
  )
}

/** −log softmax(logits[n, ·])[labels[n]], the mean over items. */
function ofClasses(logits: Tensor, labels: Int32Array): Tensor {
  const [items] = logits.shape
  const losses = empty([items], logits)
  const gradLogits = empty(logits.shape, logits)
  softmaxCrossEntropy(logits.backend, logits, labels, losses, gradLogits)
  return differentiable(mean(losses), [logits, (g) => mul(gradLogits, div(g, items))])
}

/** Σ ([c = labels[n]] − t[n, c])·logits[n, c] / items, t being smoothed. */
function towards(
  logits: Tensor,
  labels: Int32Array,
  share: (item: number, label: number) => number,
  smoothing: number,
): Tensor {
  const [items, classes] = logits.shape
  const difference = realArray(logits.dtype === 'float64' ? 'float64' : 'float32', items * classes)
  for (let i = 0; i < difference.length; i++) {
    const [n, c] = [Math.floor(i / classes), i % classes]
    difference[i] = (Number(labels[n] === c) - ((1 - smoothing) * share(n, c) + smoothing / classes)) / items
  }
  return sum(mul(logits, tensor(difference, [items, classes], { backend: logits.backend })))
}

/**
 * The mean over all elements of −y·log σ(z) − (1 − y)·log(1 − σ(z)), as max(z, 0) − z·y + log(1 + e^−|z|): nothing
 * overflows, whatever the logits z. Targets y in [0, 1], constants: an array of the same shape, or one number for all.
 * Throws `ShapeError`, or `ValueError` for a number outside [0, 1].
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor | number): Tensor {
  checkTensor('binaryCrossEntropy: logits', logits)
  if (typeof targets === 'number') checkArgument('binaryCrossEntropy: targets', targets, numberFrom(0, 1))
  else {
    checkTensor('binaryCrossEntropy: targets', targets)
    checkSame('targets', targets, logits)
  }
  return mean(logistic(logits, typeof targets === 'number' ? targets : stopGradient(targets)))
}

const logistic: (z: Tensor, y: Tensor | number) => Tensor = pointwise(
  'logistic loss',
  (z, y) => z.max(0).minus(z.times(y)).plus(z.abs().neg().exp().plus(1).log()),
  (g, _, z, y) => [g.times(z.sigmoid().minus(y)), g.times(z.neg())],
)

/** The mean over all elements of (y − target)². Throws `ShapeError`. */
export function meanSquare(y: Tensor, target: Tensor): Tensor {
  checkTensor('meanSquare: y', y)
  checkTensor('meanSquare: target', target)
  checkSame('target', target, y)
  return mean(squaredDifference(y, target))
}

const squaredDifference: (y: Tensor, target: Tensor) => Tensor = pointwise('squared difference', (y, target) =>
  y.minus(target).square(),
)

/** Labels as a kernel takes them. */
function integers(labels: ArrayLike<number>): Int32Array {
  if (labels instanceof Int32Array) return labels
  const wrong = Array.prototype.findIndex.call(labels, (label: number) => !Number.isInteger(label))
  if (wrong >= 0) throw new ValueError(`label ${labels[wrong]} of item ${wrong}: give integers, from 0`)
  return Int32Array.from(labels)
}

/** Throws `ShapeError` unless there is a row for each item, `ValueError` unless each sums to 1 within rounding. */
export function checkDistributions({ data, shape }: Distributions, expected: Shape, where = 'crossEntropy'): void {
  const [items, classes] = expected
  if (!sameShape(shape, expected) || data.length !== items * classes) {
    const own = formatShape(expected)
    throw new ShapeError(`${where}: labels of shape ${formatShape(shape)}, ${data.length} numbers: give ${own}`)
  }
  for (let n = 0; n < items; n++) {
    let total = 0
    for (let c = 0; c < classes; c++) total += data[n * classes + c]
    if (!(Math.abs(total - 1) < 1e-4))
      throw new ValueError(`${where}: the labels of item ${n} sum to ${total}, not to 1`)
  }
}

function checkSame(name: string, a: Tensor, b: Tensor): void {
  if (sameShape(a.shape, b.shape)) return
  throw new ShapeError(`${name} of shape ${formatShape(a.shape)} for results of shape ${formatShape(b.shape)}`)
}
