// The wavelet scattering transform of images, as its users meet it.
import { copy } from '@scatterlab/tensor/operations'
import {
  type RealDType,
  type ShapedArray,
  type Tensor,
  ShapeError,
  ValueError,
  empty,
  formatShape,
  realOf,
  sameShape,
} from '@scatterlab/tensor'
import { average } from './cascade.ts'
import { packed, run, runAwaited, runGradient, runOnBackend, unpack } from './groups.ts'
import { type Images, batchOf } from './images.ts'
import { type Scattering2dOptions, complete, octavesOf } from './options.ts'
import type { Path } from './paths.ts'
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
  /** `transform` on any back end, those on a GPU too, whose numbers are to be waited for. */
  transformAsync(x: Images): Promise<ShapedArray>
  /** `transform` of a tensor, which stays on this transform's back end. */
  apply(x: Tensor): Tensor
  /** `transform` as a list with one entry a path; with `averaging: 'none'` the same as `moduli`. */
  list(x: Images): PathCoefficients[]
  /** U[p]x = |…|x ⋆ ψ_λ1|…⋆ ψ_λm| inside the image for every path, each at its own resolution; U[∅] = x. */
  moduli(x: Images): PathCoefficients[]
  /**
   * J(x)ᵀ g: the gradient, with respect to the images x, of a loss whose gradient on `transform(x)` is g. Both are of one
   * precision; the result has the shape of x. Throws `ShapeError` if g is not of `transform(x)`'s shape.
   */
  gradient(x: Images, g: ShapedArray): ShapedArray
  /** Gives the filters' memory on the back end back. */
  dispose(): void
}

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

  const layout = packed(tree.all.map(() => kept))

  /** Images and the plan for what is averaged, and the shape of that. */
  const toAverage = (x: Images) => {
    if (options.averaging === 'none') {
      throw new ValueError("averaging is 'none': paths differ in size, so take them one by one with `list` or `moduli`")
    }
    const { images, batchShape } = batchOf(x, options.shape)
    return { images, plan: planFor(realOf(images.dtype)), shape: [...batchShape, ...outputShape] }
  }

  const averaged = (x: Images): ShapedArray => {
    const { images, plan, shape } = toAverage(x)
    return { data: run(plan, images, layout, average), shape }
  }

  const moduli = (x: Images): PathCoefficients[] => {
    const { images, batchShape } = batchOf(x, options.shape)
    const parts = tree.all.map((path) => [inside(rows, path.level), inside(columns, path.level)] as const)
    const own = packed(parts.map(([r, c]) => [r.count, c.count] as const))
    const data = run(planFor(realOf(images.dtype)), images, own, ({ backend }, path, U, out) => {
      const [r, c] = parts[path.index]
      const offset = U.offset + r.first * U.strides[1] + c.first * U.strides[2]
      copy(backend, { ...U, shape: out.shape, offset }, out)
    })
    return tree.all.map((path) => {
      const step = 2 ** path.level
      const [r, c] = parts[path.index]
      const origin = [r.first * step - rows.start, c.first * step - columns.start] as const
      return { path, step, origin, ...unpack(data, own, path.index, batchShape) }
    })
  }

  return {
    options,
    paths: tree.all,
    outputShape,
    transform: averaged,
    transformAsync: async (x) => {
      const { images, plan, shape } = toAverage(x)
      return { data: await runAwaited(plan, images, layout, average), shape }
    },
    apply: (x) => {
      if (options.averaging === 'none') throw new ValueError("averaging is 'none': `apply` needs 'window' or 'global'")
      const { images, batchShape } = batchOf(x, options.shape)
      const out = empty([images.shape[0], outputShape[0] * kept[0] * kept[1]], {
        dtype: images.dtype,
        backend: options.backend,
      })
      runOnBackend(planFor(realOf(x.dtype)), images, out, layout, average)
      return out.reshape(...batchShape, ...outputShape)
    },
    list: (x) => {
      if (options.averaging === 'none') return moduli(x)
      const { data, shape } = averaged(x)
      const step = options.averaging === 'global' ? 0 : 2 ** octavesOf(options) / 2 ** options.oversampling
      const origin =
        options.averaging === 'global'
          ? ([0, 0] as const)
          : ([rows.kept[0] - rows.start, columns.kept[0] - columns.start] as const)
      return tree.all.map((path) => ({ path, step, origin, ...unpack(data, layout, path.index, shape.slice(0, -3)) }))
    },
    moduli,
    gradient: (x, g) => {
      if (options.averaging === 'none') throw new ValueError("averaging is 'none': gradients need 'window' or 'global'")
      const { images, batchShape } = batchOf(x, options.shape)
      const expected = [...batchShape, ...outputShape]
      if (!sameShape(g.shape, expected)) {
        throw new ShapeError(
          `g has shape ${formatShape(g.shape)}, the coefficients of these images ${formatShape(expected)}`,
        )
      }
      const plan = planFor(realOf(images.dtype))
      return { data: runGradient(plan, images, g.data, layout), shape: [...batchShape, ...options.shape] }
    },
    dispose: () => {
      for (const plan of plans.values()) plan.dispose()
      plans.clear()
    },
  }
}
