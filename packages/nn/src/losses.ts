// What a network is trained to make small: means over a batch.
import {
  type Tensor,
  ShapeError,
  checkLengths,
  differentiable,
  div,
  empty,
  exp,
  formatShape,
  log,
  abs,
  add,
  mean,
  mul,
  neg,
  relu,
  sigmoid,
  square,
  stopGradient,
  sub,
} from '@scatterlab/tensor'

/**
 * The mean of −log softmax(logits[n, ·])[labels[n]]: logits [items, classes]. Exact for logits of any size. Throws `ShapeError`, or
 * `ValueError` for a label that is no class.
 */
export function crossEntropy(logits: Tensor, labels: ArrayLike<number>): Tensor {
  checkLengths('logits', logits.shape, [null, null])
  const [items] = logits.shape
  const losses = empty([items], logits)
  const gradLogits = empty(logits.shape, logits)
  logits.backend.softmaxCrossEntropy(logits, Int32Array.from(labels), losses, gradLogits)
  return differentiable(mean(losses), [logits, (g) => mul(gradLogits, div(g, items))])
}

/**
 * The mean over all elements of −y·log σ(z) − (1 − y)·log(1 − σ(z)), as max(z, 0) − z·y + log(1 + e^−|z|): exact for logits z of any
 * size. Targets y in [0, 1]: an array of the same shape, or one number for all.
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor | number): Tensor {
  if (typeof targets !== 'number') checkSame('targets', targets, logits)
  const z = stopGradient(logits)
  const loss = mean(add(sub(relu(z), mul(z, targets)), log(add(exp(neg(abs(z))), 1))))
  return differentiable(loss, [logits, (g) => mul(sub(sigmoid(logits), targets), div(g, logits.size))])
}

/** The mean over all elements of (y − target)². */
export function meanSquare(y: Tensor, target: Tensor): Tensor {
  checkSame('target', target, y)
  return mean(square(sub(y, target)))
}

function checkSame(name: string, a: Tensor, b: Tensor): void {
  if (a.shape.join() === b.shape.join()) return
  throw new ShapeError(`${name} of shape ${formatShape(a.shape)} for results of shape ${formatShape(b.shape)}`)
}
