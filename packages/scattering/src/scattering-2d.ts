// The wavelet scattering transform of images, as its users meet it.
import {
  type RealArray,
  type RealDType,
  type Tensor,
  type View,
  ValueError,
  empty,
  onBackend,
  realArray,
  realOf,
  scope,
} from '@scatterlab/tensor'
import { average, cascade, imagesInnermost } from './cascade.ts'
import { type Images, type ShapedArray, batchOf, checkFinite } from './images.ts'
import { type Scattering2dOptions, complete, octavesOf } from './options.ts'
import type { Path, PathNode } from './paths.ts'
import { type Plan, planOf } from './plan.ts'
import { inside } from './sampling.ts'

/** The coefficients of one path, for every image. */
export interface PathCoefficients extends ShapedArray {
  readonly path: Path
  /** Distance of neighbouring coefficients, in pixels. */
  readonly step: number
  /** Position of the first coefficient on the image, in pixels. */
  readonly origin: readonly [row: number, column: number]
}

/** A scattering transform of one image size. */
export interface Scattering2d {
  readonly options: Scattering2dOptions
  /** Every path, in the order of the coefficients: a table of what each one means. */
  readonly paths: readonly Path[]
  /** Shape of one image's coefficients: [paths, rows, columns]. */
  readonly outputShape: readonly [paths: number, rows: number, columns: number]
  /**
   * S x = (U[p]x ⋆ φ_J)_p, at the kept samples. Images [..., height, width] of finite numbers → [..., paths, rows, columns], of the same
   * precision. Throws a typed error for images that do not fit, and with `averaging: 'none'`.
   */
  transform(x: Images): ShapedArray
  /** `transform` of a tensor, which stays on this transform's back end. */
  apply(x: Tensor): Tensor
  /** `transform` as a list with one entry a path; with `averaging: 'none'` the same as `moduli`. */
  list(x: Images): PathCoefficients[]
  /** U[p]x = |…|x ⋆ ψ_λ1|…⋆ ψ_λm| inside the image for every path, each at its own resolution; U[∅] = x. */
  moduli(x: Images): PathCoefficients[]
  /** Gives the filters' memory on the back end back. */
  dispose(): void
}

/** Images are handed to the back end in blocks of about this many numbers, so that its memory stays small. */
const BLOCK = 2 ** 22

/**
 * Wavelet scattering of images (Bruna & Mallat 2013; Mallat 2012), to any order and of any size. Filters and paths are made once.
 * Throws `ValueError` naming the option, its value and the fix.
 *
 * @example scattering2d({ shape: [32, 32], scales: 3 }).transform({ data, shape: [100, 32, 32] })
 */
export function scattering2d(given: Scattering2dOptions): Scattering2d {
  const options = complete(given)
  const plans = new Map<RealDType, Plan>()
  const planFor = (dtype: RealDType): Plan => {
    const found = plans.get(dtype) ?? planOf(options, dtype)
    plans.set(dtype, found)
    return found
  }
  const { rows, columns, tree } = planFor('float32')
  const kept = options.averaging === 'global' ? ([1, 1] as const) : ([rows.kept.length, columns.kept.length] as const)
  const outputShape = [tree.all.length, ...kept] as const

  const averaged = (x: Images): ShapedArray => {
    if (options.averaging === 'none') {
      throw new ValueError("averaging is 'none': paths differ in size, so take them one by one with `list` or `moduli`")
    }
    const { images, batchShape } = batchOf(x, options.shape)
    const layout = packed(tree.all.map(() => kept))
    const data = run(planFor(realOf(images.dtype)), images, layout, (plan, path, U, S) => average(plan, path, U, S))
    return { data, shape: [...batchShape, ...outputShape] }
  }

  const moduli = (x: Images): PathCoefficients[] => {
    const { images, batchShape } = batchOf(x, options.shape)
    const parts = tree.all.map((path) => [inside(rows, path.level), inside(columns, path.level)] as const)
    const layout = packed(parts.map(([r, c]) => [r.count, c.count] as const))
    const data = run(planFor(realOf(images.dtype)), images, layout, ({ backend }, path, U, out) => {
      const [r, c] = parts[path.index]
      const offset = U.offset + r.first * U.strides[1] + c.first * U.strides[2]
      backend.copy({ ...U, shape: out.shape, offset }, out)
    })
    return tree.all.map((path) => {
      const step = 2 ** path.level
      const [r, c] = parts[path.index]
      const origin = [r.first * step - rows.start, c.first * step - columns.start] as const
      return { path, step, origin, ...unpack(data, layout, path.index, batchShape) }
    })
  }

  return {
    options,
    paths: tree.all,
    outputShape,
    transform: averaged,
    apply: (x) => {
      if (options.averaging === 'none') throw new ValueError("averaging is 'none': `apply` needs 'window' or 'global'")
      const { images, batchShape } = batchOf(x, options.shape)
      const out = empty([images.shape[0], outputShape[0] * kept[0] * kept[1]], {
        dtype: images.dtype,
        backend: options.backend,
      })
      runOnBackend(planFor(realOf(x.dtype)), images, out, packed(tree.all.map(() => kept)), average)
      return out.reshape(...batchShape, ...outputShape)
    },
    list: (x) => {
      if (options.averaging === 'none') return moduli(x)
      const { data, shape } = averaged(x)
      const layout = packed(tree.all.map(() => kept))
      const step = options.averaging === 'global' ? 0 : 2 ** octavesOf(options) / 2 ** options.oversampling
      const origin =
        options.averaging === 'global'
          ? ([0, 0] as const)
          : ([rows.kept[0] - rows.start, columns.kept[0] - columns.start] as const)
      return tree.all.map((path) => ({ path, step, origin, ...unpack(data, layout, path.index, shape.slice(0, -3)) }))
    },
    moduli,
    dispose: () => {
      for (const plan of plans.values()) plan.dispose()
      plans.clear()
    },
  }
}

/** Where each path's [rows, columns] lie among the numbers of one image. */
interface Layout {
  readonly sizes: readonly (readonly [rows: number, columns: number])[]
  readonly offsets: readonly number[]
  readonly total: number
}

function packed(sizes: Layout['sizes']): Layout {
  let total = 0
  const offsets = sizes.map(([rows, columns]) => (total += rows * columns) - rows * columns)
  return { sizes, offsets, total }
}

/** What to keep of one path's modulus U: writes to a view [images, rows, columns]. */
type Keep = (plan: Plan, path: PathNode, U: View, out: View) => void

/** Runs the cascade over all images, block by block, and gathers what `keep` writes as [images, layout.total] on the host. */
function run(plan: Plan, images: Tensor, layout: Layout, keep: Keep): RealArray {
  const [count, height, width] = images.shape
  const out = realArray(plan.dtype, count * layout.total)
  const block = Math.max(plan.backend.lanes, Math.floor(BLOCK / (height * width + layout.total)))
  for (let start = 0; start < count; start += block) {
    scope(() => {
      const part = images.slice([start, Math.min(count, start + block)])
      const result = empty([part.shape[0], layout.total], { dtype: plan.dtype, backend: plan.backend })
      runOnBackend(plan, part, result, layout, keep)
      out.set(result.toTypedArray(), start * layout.total)
    })
  }
  return out
}

function runOnBackend(plan: Plan, images: Tensor, out: Tensor, layout: Layout, keep: Keep): void {
  const { backend } = plan
  scope(() => {
    backend.forEachGroup(resident(plan, images), out, backend.lanes, (x, S) => {
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
      backend.copy(whole, S)
      backend.release(gathered)
    })
  })
}

/** The images where the back end can compute on them, once they are found finite. */
function resident(plan: Plan, images: Tensor): Tensor {
  const { shape } = images
  if (images.buffer.data !== null) checkFinite(images.toTypedArray(), [shape[1], shape[2]])
  return onBackend(images, plan.backend)
}

function unpack(data: RealArray, layout: Layout, index: number, batchShape: readonly number[]): ShapedArray {
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
