// Carries images on the back end through a transform, and gradients back, in groups that lie side by side; gathers what each path
// gives. What is computed of a group is the caller's.
import {
  type Backend,
  type RealArray,
  type RealDType,
  type ShapedArray,
  type Tensor,
  type View,
  realArray,
  scope,
  unwritten,
} from '@scatterlab/tensor'
import { copy } from '@scatterlab/tensor/operations'
import { blocks } from './blocks.ts'
import { imagesInnermost } from './cascade.ts'

/** Where each path's [rows, columns] lie among the numbers of one image. */
export interface Layout {
  readonly sizes: readonly (readonly [rows: number, columns: number])[]
  readonly offsets: readonly number[]
  readonly total: number
}

/** One path after the other. */
export function packed(sizes: Layout['sizes']): Layout {
  let total = 0
  const offsets = sizes.map(([rows, columns]) => (total += rows * columns) - rows * columns)
  return { sizes, offsets, total }
}

/** A real view [images, rows, columns] of the numbers of one path, by the path's index. */
export type PathView = (index: number) => View

/** Computes the paths of a group: x is a real view [images, height, width]; `count` images are computed, side by side. */
export type GroupTransform = (x: View, count: number, out: PathView) => void

/** Computes out ← J(x)ᵀ g of a group; out is a real view of x's shape. */
export type GroupGradient = (x: View, count: number, g: PathView, out: View) => void

/** Who computes, and with which numbers. A `key` promises the same operations for the same shapes at every call. */
export interface Means {
  readonly backend: Backend
  readonly dtype: RealDType
  readonly key?: object
  /** Images of a group, and what it is filled up to a multiple of; by default what the back end says of images. */
  readonly lanes?: number
}

/** What `transform` makes of images [n, height, width], group by group: [n, layout.total]. */
export function forward(means: Means, images: Tensor, layout: Layout, transform: GroupTransform): Tensor {
  const { backend, dtype, key, lanes } = means
  const out = unwritten([images.shape[0], layout.total], { dtype, backend })
  const body = (x: View, S: View): void => {
    const count = filledUp(lanes ?? backend.laneStep, x)
    const { buffer, whole, at } = sideBySide(means, S, count, layout)
    transform(x, count, at)
    copy(backend, whole, S)
    backend.release(buffer)
  }
  backend.forEachGroup(images, out, lanes ?? backend.lanes, body, key)
  return out
}

/** What `gradient` makes of images x [n, height, width] and g [n, layout.total], group by group: [n, height, width]. */
export function backward(means: Means, images: Tensor, g: Tensor, layout: Layout, gradient: GroupGradient): Tensor {
  const { backend, dtype, key } = means
  const [n, height, width] = images.shape
  const pixels = height * width
  const length = pixels + layout.total
  const out = unwritten([n, pixels], { dtype, backend })
  const grid = (view: View): View => ({
    ...view,
    shape: [view.shape[0], height, width],
    strides: [view.strides[0], width, 1],
  })
  const body = (both: View, gx: View): void => {
    const count = filledUp(backend.laneStep, both)
    const S = { ...both, shape: [both.shape[0], layout.total], offset: both.offset + pixels }
    const { buffer, whole, at } = sideBySide(means, S, count, layout)
    copy(backend, S, whole)
    gradient(grid(both), count, at, grid(gx))
    backend.release(buffer)
  }
  for (const [start, end] of blocks(backend, n, length)) {
    scope(() => {
      // a group has one input: images and gradients one after the other
      const both = unwritten([end - start, length], { dtype, backend })
      copy(backend, images.slice([start, end]).reshape(-1, pixels), both.slice(null, [0, pixels]))
      copy(backend, g.slice([start, end]), both.slice(null, [pixels, length]))
      backend.forEachGroup(both, out.slice([start, end]), backend.lanes, body, key)
    })
  }
  return out.reshape(n, height, width)
}

/** How many images are computed for the images of a group. */
const filledUp = (step: number, { shape }: View): number => Math.ceil(shape[0] / step) * step

/** Memory for the coefficients of a group, images innermost: `whole` as [images, layout.total], and at each path. */
function sideBySide({ backend, dtype }: Means, { shape }: View, count: number, layout: Layout) {
  const buffer = backend.allocate(dtype, count * layout.total, 'any')
  const whole: View = { buffer, dtype, shape, strides: [1, count], offset: 0, imagStride: 0 }
  const at = (index: number): View => {
    const [rows, columns] = layout.sizes[index]
    return imagesInnermost(buffer, count, rows, columns, layout.offsets[index] * count)
  }
  return { buffer, whole, at }
}

/** The numbers of one path, of every image. */
export function unpack(
  data: RealArray,
  layout: Layout,
  index: number,
  shapeOf: (size: Layout['sizes'][0]) => readonly number[],
): ShapedArray {
  const size = layout.sizes[index][0] * layout.sizes[index][1]
  const count = data.length / layout.total
  const part = realArray(data instanceof Float32Array ? 'float32' : 'float64', count * size)
  for (let i = 0; i < count; i++) {
    const from = i * layout.total + layout.offsets[index]
    part.set(data.subarray(from, from + size), i * size)
  }
  return { data: part, shape: shapeOf(layout.sizes[index]) }
}
