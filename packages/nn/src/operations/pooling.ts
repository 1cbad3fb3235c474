// Pooling of images, with its gradients.
import {
  type AveragePoolingOptions,
  averagePool,
  averagePoolGradient,
  maxPool,
  maxPoolGradient,
} from '@scatterlab/tensor/operations'
import { type Rules, type Tensor, checkOptions, differentiable, mean, trueOrFalse, unwritten } from '@scatterlab/tensor'
import { checkTensor } from '../arguments.ts'
import { filled } from './filled.ts'
import { type Pooling, pooledSides, poolingRules, sidesOf } from './sides.ts'

/** How averaging windows lie, how many there are, and what the averages divide by. */
export interface AveragePooling extends AveragePoolingOptions, Pooling {}

/** What these options may be. */
export const averagePoolingRules: Rules<AveragePooling> = {
  ...poolingRules,
  countPadding: trueOrFalse,
}

/**
 * The largest pixel of each window: x [n, c, height, width]. Of equal pixels the first in reading order has the
 * gradient. Throws `ShapeError` or `ValueError`.
 */
export function maxPool2d(x: Tensor, given: Pooling): Tensor {
  checkTensor('maxPool2d: x', x)
  const { ceil = false, ...options } = checkOptions<Pooling>('maxPool2d', given, poolingRules, ['size'])
  const out = pooled(x, { ceil, ...options })
  maxPool(x.backend, x, out, options)
  return differentiable(out, [x, (g) => filled(x, (gradX) => maxPoolGradient(x.backend, x, out, g, gradX, options))])
}

/** The mean of each window; see `countPadding` for what it divides by. Throws `ShapeError` or `ValueError`. */
export function averagePool2d(x: Tensor, given: AveragePooling): Tensor {
  checkTensor('averagePool2d: x', x)
  const checked = checkOptions<AveragePooling>('averagePool2d', given, averagePoolingRules, ['size'])
  const { ceil = false, ...options } = checked
  const out = pooled(x, { ceil, ...options })
  averagePool(x.backend, x, out, options)
  return differentiable(out, [x, (g) => filled(x, (gradX) => averagePoolGradient(x.backend, g, gradX, options))])
}

/** The mean of each channel: [n, c, height, width] → [n, c]. Throws `ShapeError`. */
export function globalAveragePool(x: Tensor): Tensor {
  checkTensor('globalAveragePool: x', x)
  sidesOf('the image', x.shape)
  return mean(x, { axes: [2, 3] })
}

/** Room for a pooled image. */
function pooled(x: Tensor, options: Pooling): Tensor {
  const sides = pooledSides(sidesOf('the image', x.shape), options)
  return unwritten([x.shape[0], x.shape[1], ...sides], x)
}
