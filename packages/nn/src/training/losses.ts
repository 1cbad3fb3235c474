// The losses that training makes small: means over a batch, each a scalar.
import { checkLengths, softmaxCrossEntropy } from '@scatterlab/tensor/operations'
import {
  type Tensor,
  checkArgument,
  differentiable,
  div,
  empty,
  formatShape,
  mean,
  mul,
  numberFrom,
  pointwise,
  sameShape,
  ShapeError,
  stopGradient,
  ValueError,
} from '@scatterlab/tensor'
import { checkTensor, classNumbers } from '../arguments.ts'

/**
 * The mean over items of −log softmax(logits[n, ·])[labels[n]]: logits [items, classes], labels from 0. Nothing
 * overflows, whatever the logits. Throws `ShapeError`, or `ValueError` for a label that is no class.
 */
export function crossEntropy(logits: Tensor, labels: ArrayLike<number>): Tensor {
  checkTensor('crossEntropy: logits', logits)
  checkArgument('crossEntropy: labels', labels, classNumbers)
  checkLengths('logits', logits.shape, [null, null])
  const [items] = logits.shape
  const losses = empty([items], logits)
  const gradLogits = empty(logits.shape, logits)
  softmaxCrossEntropy(logits.backend, logits, integers(labels), losses, gradLogits)
  return differentiable(mean(losses), [logits, (g) => mul(gradLogits, div(g, items))])
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

function checkSame(name: string, a: Tensor, b: Tensor): void {
  if (sameShape(a.shape, b.shape)) return
  throw new ShapeError(`${name} of shape ${formatShape(a.shape)} for results of shape ${formatShape(b.shape)}`)
}
