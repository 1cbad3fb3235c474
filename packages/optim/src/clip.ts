// Bounds on gradients, in place and on the back end that holds them: nothing is read.
import {
  type Named,
  type Pointwise,
  type Tensor,
  ValueError,
  checkArgument,
  div,
  isComplex,
  maximum,
  mul,
  norm,
  pointwise,
  positive,
  scope,
  stack,
} from '@scatterlab/tensor'
import { someTensors } from './optimizer.ts'

/**
 * Scales all gradients together, in place, by min(1, maxNorm / N), N = √Σ|g|² over all of them; gives N, from before, as an
 * array of one element. Gradients that are not finite stay so. Throws `ValueError` for no gradients, a `maxNorm` that is not
 * above 0, and a broadcast gradient, whose elements share memory. Pascanu, Mikolov & Bengio (2013), algorithm 1.
 */
export function clipByNorm(gradients: Named, maxNorm: number): Tensor {
  checkArgument('clipByNorm: maxNorm', maxNorm, positive)
  const all = writable(gradients)
  if (all.length === 0) throw new ValueError('no gradients to clip')
  return scope(() => {
    const length = norm(stack(all.map((g) => norm(g))))
    const scale = div(maxNorm, maximum(length, maxNorm))
    for (const g of all) mul.into(g, g, scale)
    return length
  })
}

/**
 * Holds every element of every gradient, in place, within [−limit, limit]; of complex ones each part. Throws `ValueError`
 * for a `limit` that is not above 0, and for a broadcast gradient.
 */
export function clipByValue(gradients: Named, limit: number): void {
  checkArgument('clipByValue: limit', limit, positive)
  for (const g of writable(gradients)) clamp.into(g, g, limit)
}

const clamp: Pointwise<readonly [unknown, unknown], Tensor> = pointwise('clamp', (x, limit) =>
  x.min(limit).max(limit.neg()),
)

/** The gradients as real arrays whose elements can be changed one by one. */
function writable(gradients: Named): Tensor[] {
  checkArgument('the gradients', gradients, someTensors)
  return Object.entries(gradients).map(([name, g]) => {
    if (g.shape.some((length, axis) => length > 1 && g.strides[axis] === 0)) {
      throw new ValueError(`the gradient of \`${name}\` is a broadcast view: clone() it before it is clipped`)
    }
    return isComplex(g.dtype) ? g.asReal() : g
  })
}
