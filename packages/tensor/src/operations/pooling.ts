// Pooling and its gradients. The reference loops over windows and the pixels that each has in the image.
import type { View } from '../backend/backend.ts'
import { type AveragePoolingOptions, type PoolingOptions, type PoolingShape, poolingShape } from './pooling-shape.ts'
import { contiguousStrides } from '../array/shape.ts'
import { checkLengths } from './window.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { copy } from './copy.ts'

/** out ← the largest pixel of each window. Every window holds a pixel of the image. */
export const maxPool: Operation<
  [x: View, out: View, options: PoolingOptions],
  [shape: PoolingShape, x: View, out: View]
> = operation('maxPool', {
  prepare: (x, out, options) => [poolingShape(x, out, options), x, out],
  reference(shape, x, out) {
    const from = dataOf(x.buffer)
    const to = dataOf(out.buffer)
    forEachWindow(shape, x, out, (source, target, height, width) => {
      let largest = -Infinity
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++) largest = Math.max(largest, from[source + i * x.strides[2] + j * x.strides[3]])
      }
      to[target] = largest
    })
  },
})

/** gradX ← Σ gradOut over the windows whose largest pixel it is; of equals, the first in reading order. */
export const maxPoolGradient: Operation<
  [x: View, out: View, gradOut: View, gradX: View, options: PoolingOptions],
  [shape: PoolingShape, x: View, out: View, gradOut: View, gradX: View]
> = operation('maxPoolGradient', {
  prepare(x, out, gradOut, gradX, options) {
    checkLengths("the output's gradient", gradOut.shape, out.shape)
    checkLengths("the input's gradient", gradX.shape, x.shape)
    return [poolingShape(x, out, options), x, out, gradOut, gradX]
  },
  reference(shape, x, out, gradOut, gradX) {
    const [from, top, gradient] = [dataOf(x.buffer), dataOf(out.buffer), dataOf(gradOut.buffer)]
    const sums = accumulator(gradX)
    const to = dataOf(sums.buffer)
    forEachWindow(shape, x, out, (source, result, height, width, n, c, y, left, oy, ox) => {
      const largest = top[result]
      const amount = gradient[at(gradOut, n, c, oy, ox)]
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++) {
          if (from[source + i * x.strides[2] + j * x.strides[3]] < largest) continue
          to[at(sums, n, c, y + i, left + j)] += amount
          return
        }
      }
    })
    copy.reference(sums, gradX)
  },
})

/** out ← the mean of each window; see `countPadding`. Every window holds a pixel of the image. */
export const averagePool: Operation<
  [x: View, out: View, options: AveragePoolingOptions],
  [shape: PoolingShape, x: View, out: View]
> = operation('averagePool', {
  prepare: (x, out, options) => [poolingShape(x, out, options), x, out],
  reference(shape, x, out) {
    const from = dataOf(x.buffer)
    const to = dataOf(out.buffer)
    forEachWindow(shape, x, out, (source, target, height, width, _n, _c, _y, _x, oy, ox) => {
      let sum = 0
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++) sum += from[source + i * x.strides[2] + j * x.strides[3]]
      }
      to[target] = sum / (shape.count(oy, 0) * shape.count(ox, 1))
    })
  },
})

/** gradX ← the adjoint of `averagePool`. */
export const averagePoolGradient: Operation<
  [gradOut: View, gradX: View, options: AveragePoolingOptions],
  [shape: PoolingShape, gradOut: View, gradX: View]
> = operation('averagePoolGradient', {
  prepare: (gradOut, gradX, options) => [poolingShape(gradX, gradOut, options), gradOut, gradX],
  reference(shape, gradOut, gradX) {
    const gradient = dataOf(gradOut.buffer)
    const sums = accumulator(gradX)
    const to = dataOf(sums.buffer)
    forEachWindow(shape, sums, gradOut, (target, source, height, width, _n, _c, _y, _x, oy, ox) => {
      const share = gradient[source] / (shape.count(oy, 0) * shape.count(ox, 1))
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++) to[target + i * sums.strides[2] + j] += share
      }
    })
    copy.reference(sums, gradX)
  },
})

const at = ({ offset, strides }: View, n: number, c: number, y: number, x: number): number =>
  offset + n * strides[0] + c * strides[1] + y * strides[2] + x * strides[3]

/** A zeroed view of the same shape in double precision. */
function accumulator({ shape }: View): View {
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1))
  const buffer = { dtype: 'float64', length: data.length, data } as const
  return { buffer, dtype: 'float64', shape, strides: contiguousStrides(shape), offset: 0, imagStride: 0 }
}

type WindowVisitor = (
  source: number,
  target: number,
  height: number,
  width: number,
  n: number,
  c: number,
  y: number,
  x: number,
  oy: number,
  ox: number,
) => void

/** Visits every window: the index of its first pixel in the image, of its result, its height and width, then where it is. */
function forEachWindow(shape: PoolingShape, image: View, result: View, visit: WindowVisitor): void {
  const [items, channels, outHeight, outWidth] = result.shape
  for (let n = 0; n < items; n++) {
    for (let c = 0; c < channels; c++) {
      for (let oy = 0; oy < outHeight; oy++) {
        const [top, bottom] = shape.rows(oy)
        for (let ox = 0; ox < outWidth; ox++) {
          const [left, right] = shape.columns(ox)
          visit(
            at(image, n, c, top, left),
            at(result, n, c, oy, ox),
            bottom - top,
            right - left,
            n,
            c,
            top,
            left,
            oy,
            ox,
          )
        }
      }
    }
  }
}
