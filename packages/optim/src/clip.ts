// Bounds on gradients, in place and on the back end that holds them: nothing is read.
import { zip } from '@scatterlab/tensor/operations'
import {
  type Named,
  type Tensor,
  ValueError,
  add,
  div,
  isComplex,
  maximum,
  sqrt,
  square,
  sum,
  scope,
  tensor,
} from '@scatterlab/tensor'
import { checkPositive } from './ranges.ts'

/**
 * Scales all gradients together, in place, by min(1, maxNorm / N), N = √Σ|g|² over all of them; gives N, from before, as an
 * array of one element. Gradients that are not finite stay so. Throws `ValueError` for no gradients, a `maxNorm` that is not
 * above 0, and a broadcast gradient, whose elements share memory. Pascanu, Mikolov & Bengio (2013), algorithm 1.
 */
export function clipByNorm(gradients: Named, maxNorm: number): Tensor {
  checkPositive('maxNorm', maxNorm)
  const all = writable(gradients)
  if (all.length === 0) throw new ValueError('no gradients to clip')
  return scope(() => {
    const norm = sqrt(all.map(sumOfSquares).reduce(add))
    const scale = div(maxNorm, maximum(norm, maxNorm))
    for (const g of all) zip(g.backend, 'mul', g, scale.broadcastTo(g.shape), g)
    return norm
  })
}

/**
 * Holds every element of every gradient, in place, within [−limit, limit]; of complex ones each part. Throws `ValueError`
 * for a `limit` that is not above 0, and for a broadcast gradient.
 */
export function clipByValue(gradients: Named, limit: number): void {
  checkPositive('limit', limit)
  const all = writable(gradients)
  scope(() => {
    for (const g of all) {
      const bound = (value: number): Tensor => tensor([value], [], g).broadcastTo(g.shape)
      zip(g.backend, 'min', g, bound(limit), g)
      zip(g.backend, 'max', g, bound(-limit), g)
    }
  })
}

const sumOfSquares = (g: Tensor): Tensor => scope(() => sum(square(g)))

/** The gradients as real arrays whose elements can be changed one by one. */
function writable(gradients: Named): Tensor[] {
  return Object.entries(gradients).map(([name, g]) => {
    if (g.shape.some((length, axis) => length > 1 && g.strides[axis] === 0)) {
      throw new ValueError(`the gradient of \`${name}\` is a broadcast view: clone() it before it is clipped`)
    }
    return isComplex(g.dtype) ? g.asReal() : g
  })
}
