// Pooling of images, with its gradients.
import {
  type AveragePoolingOptions,
  type PoolingOptions,
  type Tensor,
  ShapeError,
  differentiable,
  empty,
  mean,
  windowsOf,
} from '@scatterlab/tensor'
import { filled } from './convolution.ts'

/** How many windows there are. */
export interface WindowCount {
  /** Windows may reach past the padded image's end, as long as they begin in it (Caffe, cuda-convnet; default false). */
  readonly ceil?: boolean
}

/**
 * The largest pixel of each window: x [n, c, height, width]. Of equal pixels the first in reading order has the gradient. Throws
 * `ShapeError` or `ValueError`.
 */
export function maxPool2d(x: Tensor, { ceil = false, ...options }: PoolingOptions & WindowCount): Tensor {
  const out = pooled(x, { ceil, ...options })
  x.backend.maxPool(x, out, options)
  return differentiable(out, [x, (g) => filled(x, (gradX) => x.backend.maxPoolGradient(x, out, g, gradX, options))])
}

/** The mean of each window; see `countPadding` for what it divides by. Throws `ShapeError` or `ValueError`. */
export function averagePool2d(x: Tensor, { ceil = false, ...options }: AveragePoolingOptions & WindowCount): Tensor {
  const out = pooled(x, { ceil, ...options })
  x.backend.averagePool(x, out, options)
  return differentiable(out, [x, (g) => filled(x, (gradX) => x.backend.averagePoolGradient(g, gradX, options))])
}

/** The mean of each channel: [n, c, height, width] → [n, c]. */
export const globalAveragePool = (x: Tensor): Tensor => mean(x, { axes: [2, 3] })

function pooled(x: Tensor, options: PoolingOptions & WindowCount): Tensor {
  if (x.rank !== 4) throw new ShapeError(`pooling takes [n, c, y, x], given ${x.shape.join('×')}`)
  return empty([...x.shape.slice(0, 2), ...pooledSides([x.shape[2], x.shape[3]], options)], x)
}

/** Height and width of a pooled image. Throws `ShapeError` if no window fits. */
export function pooledSides(
  sides: readonly [number, number],
  { size, stride = size, padding = 0, ceil = false }: PoolingOptions & WindowCount,
): [number, number] {
  const windows = windowsOf(size, { stride, padding })
  const count = (axis: 0 | 1): number => {
    const room = sides[axis] + 2 * windows.padding[axis] - windows.size[axis]
    if (!ceil) return room < 0 ? 0 : Math.floor(room / windows.stride[axis]) + 1
    const last = Math.max(0, Math.ceil(room / windows.stride[axis]))
    return last * windows.stride[axis] >= sides[axis] + windows.padding[axis] ? last : last + 1
  }
  const [height, width] = [count(0), count(1)]
  if (height < 1 || width < 1) {
    throw new ShapeError(`windows of ${windows.size.join('×')} do not fit ${sides.join('×')}: add padding, or set ceil`)
  }
  return [height, width]
}
