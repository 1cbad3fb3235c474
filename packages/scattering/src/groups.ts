// Carries batches of images through the cascade in groups that lie side by side, and gathers what each path gives.
import {
  type RealArray,
  type ShapedArray,
  type Tensor,
  type View,
  empty,
  onBackend,
  realArray,
  scope,
  tensor,
} from '@scatterlab/tensor'
import { copy } from '@scatterlab/tensor/operations'
import { average, cascade, imagesInnermost } from './cascade.ts'
import { cascadeGradient } from './gradient.ts'
import { checkFinite } from './images.ts'
import type { PathNode } from './paths.ts'
import type { Plan } from './plan.ts'

/** Images are handed to the back end in blocks of about this many numbers, so that its memory stays small. */
const BLOCK = 2 ** 22

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

/** Runs the cascade over all images, block by block, and gathers what `keep` writes as [images, layout.total] on the host. */
export function run(plan: Plan, images: Tensor, layout: Layout, keep: Keep): RealArray {
  const out = realArray(plan.dtype, images.shape[0] * layout.total)
  for (const [start, end] of blocks(plan, images, layout)) {
    scope(() => {
      const result = block(plan, images.slice([start, end]), layout, keep)
      out.set(result.toTypedArray(), start * layout.total)
    })
  }
  return out
}

/** `run` on back ends whose arrays are not on the host, too. */
export async function runAwaited(plan: Plan, images: Tensor, layout: Layout, keep: Keep): Promise<RealArray> {
  const out = realArray(plan.dtype, images.shape[0] * layout.total)
  for (const [start, end] of blocks(plan, images, layout)) {
    const reading = scope(() => block(plan, images.slice([start, end]), layout, keep).read())
    out.set(await reading, start * layout.total)
  }
  return out
}

/** First image and the one behind the last of each block. */
function blocks({ backend }: Plan, { shape: [count, height, width] }: Tensor, layout: Layout): [number, number][] {
  const size = Math.max(backend.lanes, Math.floor(BLOCK / (height * width + layout.total)))
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => [i * size, Math.min(count, (i + 1) * size)])
}

/** What `keep` writes of a block, [images, layout.total]. */
function block(plan: Plan, images: Tensor, layout: Layout, keep: Keep): Tensor {
  const result = empty([images.shape[0], layout.total], { dtype: plan.dtype, backend: plan.backend })
  runOnBackend(plan, images, result, layout, keep)
  return result
}

/** Runs the cascade over images and writes what `keep` gives to `out`, [images, layout.total]. */
export function runOnBackend(plan: Plan, images: Tensor, out: Tensor, layout: Layout, keep: Keep): void {
  const { backend } = plan
  // averages of one plan are the same operations at every call
  const key = keep === average ? plan : undefined
  const body = (x: View, S: View): void => {
    const count = Math.ceil(x.shape[0] / backend.laneStep) * backend.laneStep
    const gathered = backend.allocate(plan.dtype, count * layout.total)
    cascade(plan, x, count, (path, U) => {
      const [rows, columns] = layout.sizes[path.index]
      keep(plan, path, U, imagesInnermost(gathered, count, rows, columns, layout.offsets[path.index] * count))
    })
    const whole = {
      buffer: gathered,
      dtype: plan.dtype,
      shape: S.shape,
      strides: [1, count],
      offset: 0,
      imagStride: 0,
    }
    copy(backend, whole, S)
    backend.release(gathered)
  }
  scope(() => backend.forEachGroup(resident(plan, images), out, backend.lanes, body, key))
}

/** J(x)ᵀ g for all images, [images, height, width] on the host; g holds [images, layout.total] numbers. */
export function runGradient(plan: Plan, images: Tensor, g: RealArray, layout: Layout): RealArray {
  const { backend, dtype } = plan
  const [total, height, width] = images.shape
  const pixels = height * width
  checkFinite(images.toTypedArray(), [height, width])
  // images and their gradients side by side, since a group has one input
  const both = realArray(dtype, total * (pixels + layout.total))
  const flat = images.toTypedArray()
  for (let i = 0; i < total; i++) {
    const at = i * (pixels + layout.total)
    both.set(flat.subarray(i * pixels, (i + 1) * pixels), at)
    both.set(g.subarray(i * layout.total, (i + 1) * layout.total), at + pixels)
  }
  return scope(() => {
    const input = tensor(both, [total, pixels + layout.total], { backend })
    const out = empty([total, pixels], { dtype, backend })
    backend.forEachGroup(input, out, backend.lanes, (group, result) => {
      const size = group.shape[0]
      const count = Math.ceil(size / backend.laneStep) * backend.laneStep
      const grid = (view: View): View => ({
        ...view,
        shape: [size, height, width],
        strides: [view.strides[0], width, 1],
      })
      const gathered = backend.allocate(dtype, count * layout.total)
      const inner = {
        buffer: gathered,
        dtype,
        shape: [size, layout.total],
        strides: [1, count],
        offset: 0,
        imagStride: 0,
      }
      copy(backend, { ...group, shape: inner.shape, offset: group.offset + pixels }, inner)
      const gradientOf = ({ index }: PathNode): View => {
        const [rows, columns] = layout.sizes[index]
        return imagesInnermost(gathered, count, rows, columns, layout.offsets[index] * count)
      }
      cascadeGradient(plan, grid(group), count, gradientOf, grid(result))
      backend.release(gathered)
    })
    return out.toTypedArray().slice()
  })
}

/** The images where the back end can compute on them, once they are found finite. */
function resident(plan: Plan, images: Tensor): Tensor {
  const { shape } = images
  if (images.buffer.data !== null) checkFinite(images.toTypedArray(), [shape[1], shape[2]])
  return onBackend(images, plan.backend)
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
