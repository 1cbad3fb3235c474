// Carries images on the back end through the cascade, and gradients back, in groups that lie side by side; gathers what each path gives.
import {
  type RealArray,
  type ShapedArray,
  type Tensor,
  type View,
  realArray,
  scope,
  unwritten,
} from '@scatterlab/tensor'
import { copy } from '@scatterlab/tensor/operations'
import { blocks } from './blocks.ts'
import { average, cascade, imagesInnermost } from './cascade.ts'
import { cascadeGradient } from './gradient.ts'
import type { PathNode } from './paths.ts'
import type { Plan } from './plan.ts'

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

/** What to keep of one path's modulus U: writes to a view [images, rows, columns]. */
export type Keep = (plan: Plan, path: PathNode, U: View, out: View) => void

/** Runs the cascade over images [n, height, width] and gathers what `keep` writes: [n, layout.total]. */
export function forward(plan: Plan, images: Tensor, layout: Layout, keep: Keep): Tensor {
  const { backend, dtype } = plan
  const out = unwritten([images.shape[0], layout.total], { dtype, backend })
  const body = (x: View, S: View): void => {
    const count = filledUp(plan, x)
    const { buffer, whole, at } = sideBySide(plan, S, count, layout)
    cascade(plan, x, count, (path, U) => keep(plan, path, U, at(path)))
    copy(backend, whole, S)
    backend.release(buffer)
  }
  // averages of one plan are the same operations at every call
  backend.forEachGroup(images, out, backend.lanes, body, keep === average ? plan : undefined)
  return out
}

/** J(x)ᵀ g for the averages of images x [n, height, width] and g [n, layout.total]: [n, height, width]. */
export function backward(plan: Plan, images: Tensor, g: Tensor, layout: Layout): Tensor {
  const { backend, dtype } = plan
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
    const count = filledUp(plan, both)
    const S = { ...both, shape: [both.shape[0], layout.total], offset: both.offset + pixels }
    const { buffer, whole, at } = sideBySide(plan, S, count, layout)
    copy(backend, S, whole)
    cascadeGradient(plan, grid(both), count, at, grid(gx))
    backend.release(buffer)
  }
  for (const [start, end] of blocks(backend, n, length)) {
    scope(() => {
      // a group has one input: images and gradients one after the other
      const both = unwritten([end - start, length], { dtype, backend })
      copy(backend, images.slice([start, end]).reshape(-1, pixels), both.slice(null, [0, pixels]))
      copy(backend, g.slice([start, end]), both.slice(null, [pixels, length]))
      backend.forEachGroup(both, out.slice([start, end]), backend.lanes, body, plan)
    })
  }
  return out.reshape(n, height, width)
}

/** How many images are computed for the images of a group. */
const filledUp = ({ backend: { laneStep } }: Plan, { shape }: View): number => Math.ceil(shape[0] / laneStep) * laneStep

/** Memory for the coefficients of a group, images innermost: `whole` as [images, layout.total], and at each path. */
function sideBySide({ backend, dtype }: Plan, { shape }: View, count: number, layout: Layout) {
  const buffer = backend.allocate(dtype, count * layout.total, 'any')
  const whole: View = { buffer, dtype, shape, strides: [1, count], offset: 0, imagStride: 0 }
  const at = ({ index }: PathNode): View => {
    const [rows, columns] = layout.sizes[index]
    return imagesInnermost(buffer, count, rows, columns, layout.offsets[index] * count)
  }
  return { buffer, whole, at }
}

/** The numbers of one path, of every image. */
export function unpack(data: RealArray, layout: Layout, index: number, batchShape: readonly number[]): ShapedArray {
  const [rows, columns] = layout.sizes[index]
  const size = rows * columns
  const count = data.length / layout.total
  const part = realArray(data instanceof Float32Array ? 'float32' : 'float64', count * size)
  for (let i = 0; i < count; i++) {
    const from = i * layout.total + layout.offsets[index]
    part.set(data.subarray(from, from + size), i * size)
  }
  return { data: part, shape: [...batchShape, rows, columns] }
}
