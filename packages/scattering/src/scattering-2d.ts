// The wavelet scattering transform of images: at once, awaited, and as a differentiable operation on tensors.
import {
  type RealDType,
  type ShapedArray,
  DTypeError,
  ShapeError,
  Tensor,
  ValueError,
  aFunction,
  asTensor,
  checkOptions,
  differentiable,
  formatShape,
  onBackend,
  realOf,
  sameShape,
  scope,
  unrecorded,
} from '@scatterlab/tensor'
import { copy } from '@scatterlab/tensor/operations'
import { type RunOptions, type Work, atOnce, awaited, runRules } from './blocks.ts'
import { average } from './cascade.ts'
import { type Layout, backward, forward, packed, unpack } from './groups.ts'
import { type Batch, type ImageSet, type Images, batchOf, preparedBatch, resident } from './images.ts'
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

/** How a set is transformed that becomes images piece by piece. */
export interface PreparedRunOptions<S extends ImageSet> extends RunOptions {
  /** Makes images of the transform's size of some of the set, for example floating-point numbers of bytes. */
  readonly prepare: (some: S) => Images
}

/**
 * A scattering transform of one image size. What ends in `Async` runs on every back end, those on a GPU too, takes a signal and tells
 * its progress; what does not gives the same at once, where the numbers are on the host.
 */
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
  /** `transform`, awaited; of a whole data set that `prepare` makes images of, some at a time. */
  transformAsync(x: Images, options?: RunOptions): Promise<ShapedArray>
  transformAsync<S extends ImageSet>(set: S, options: PreparedRunOptions<S>): Promise<ShapedArray>
  /** `transform` as a list with one entry a path; with `averaging: 'none'` the same as `moduli`. */
  list(x: Images): PathCoefficients[]
  listAsync(x: Images, options?: RunOptions): Promise<PathCoefficients[]>
  /** U[p]x = |…|x ⋆ ψ_λ1|…⋆ ψ_λm| inside the image for every path, each at its own resolution; U[∅] = x. */
  moduli(x: Images): PathCoefficients[]
  moduliAsync(x: Images, options?: RunOptions): Promise<PathCoefficients[]>
  /**
   * J(x)ᵀ g: the gradient, with respect to the images x, of a loss whose gradient on `transform(x)` is g. The result has the shape and the
   * precision of x; at a modulus of 0 the derivative is taken as 0. Throws `ShapeError` if g is not of `transform(x)`'s shape.
   */
  gradient(x: Images, g: Images): ShapedArray
  gradientAsync(x: Images, g: Images, options?: RunOptions): Promise<ShapedArray>
  /**
   * `transform` of a tensor, which stays on this transform's back end: a differentiable operation like any other. Pixels are looked
   * through for what is not finite only where they are on the host.
   */
  apply(x: Tensor): Tensor
  /** Gives the memory of the filters on the back end back, at once; they are made again if they are needed again. */
  dispose(): void
}

/** The most numbers of a result. */
const MOST_NUMBERS = 2 ** 31

/**
 * Wavelet scattering of images (Bruna & Mallat 2013; Mallat 2012), to any order and of any size. Filters and paths are made once.
 * Throws `ValueError` naming the option, its value and the fix.
 *
 * @example scattering2d({ shape: [32, 32], scales: 3 }).transform({ data, shape: [100, 32, 32] })
 */
export function scattering2d(given: Scattering2dOptions): Scattering2d {
  const options = complete(given)
  const { backend, averaging, shape: size } = options
  const plans = new Map<RealDType, Plan>()
  const planFor = (dtype: RealDType): Plan => {
    const found = plans.get(dtype) ?? planOf(options, dtype)
    plans.set(dtype, found)
    return found
  }
  const { rows, columns, tree } = planFor('float32')
  const kept = averaging === 'global' ? ([1, 1] as const) : ([rows.kept.length, columns.kept.length] as const)
  const outputShape = [tree.all.length, ...kept] as const
  const layout = packed(tree.all.map(() => kept))

  /** Work on a batch: what `issue` makes of some images on the back end, and `finish` of all numbers. */
  function work<T>(
    { count, slice }: Batch,
    { total }: Layout,
    issue: (plan: Plan, images: Tensor, start: number, end: number) => Tensor,
    finish: Work<T>['finish'],
  ): Work<T> {
    if (count * total > MOST_NUMBERS) {
      const most = Math.floor(MOST_NUMBERS / total)
      throw new ValueError(
        `${count} images give ${count * total} numbers, too many for one array: give at most ${most}`,
      )
    }
    return {
      backend,
      count,
      size: size[0] * size[1] + total,
      issue(start, end) {
        const images = slice(start, end)
        return issue(planFor(realOf(images.dtype)), resident(images, backend, start), start, end)
      },
      finish,
    }
  }

  function averages(x: Images | ImageSet, prepare?: (some: ImageSet) => Images): Work<ShapedArray> {
    checkAveraged()
    const batch = prepare ? preparedBatch(x as ImageSet, prepare, size) : batchOf(x as Images, size)
    const shape = [...batch.shape, ...outputShape]
    return work(
      batch,
      layout,
      (plan, images) => forward(plan, images, layout, average),
      (data) => ({ data, shape }),
    )
  }

  function list(x: Images): Work<PathCoefficients[]> {
    if (averaging === 'none') return moduli(x)
    const all = averages(x)
    const whole = averaging === 'global'
    const step = whole ? 0 : 2 ** octavesOf(options) / 2 ** options.oversampling
    const origin = whole ? ([0, 0] as const) : ([rows.kept[0] - rows.start, columns.kept[0] - columns.start] as const)
    return {
      ...all,
      finish(data) {
        const { shape } = all.finish(data)
        return tree.all.map((path) => ({
          path,
          step,
          origin,
          ...unpack(data, layout, path.index, shape.slice(0, -3)),
        }))
      },
    }
  }

  function moduli(x: Images): Work<PathCoefficients[]> {
    const batch = batchOf(x, size)
    const parts = tree.all.map((path) => [inside(rows, path.level), inside(columns, path.level)] as const)
    const own = packed(parts.map(([r, c]) => [r.count, c.count] as const))
    return work(
      batch,
      own,
      (plan, images) =>
        forward(plan, images, own, (_, path, U, out) => {
          const [r, c] = parts[path.index]
          const offset = U.offset + r.first * U.strides[1] + c.first * U.strides[2]
          copy(backend, { ...U, shape: out.shape, offset }, out)
        }),
      (data) =>
        tree.all.map((path) => {
          const step = 2 ** path.level
          const [r, c] = parts[path.index]
          const origin = [r.first * step - rows.start, c.first * step - columns.start] as const
          return { path, step, origin, ...unpack(data, own, path.index, batch.shape) }
        }),
    )
  }

  function gradients(x: Images, g: Images): Work<ShapedArray> {
    checkAveraged()
    const batch = batchOf(x, size)
    const [given, expected] = [asTensor(g, 'g'), [...batch.shape, ...outputShape]]
    if (!sameShape(given.shape, expected)) {
      throw new ShapeError(
        `g has shape ${formatShape(given.shape)}, the coefficients of these images ${formatShape(expected)}`,
      )
    }
    const flat = given.reshape(batch.count, layout.total)
    return work(
      batch,
      layout,
      (plan, images, start, end) => backward(plan, images, onBackend(flat.slice([start, end]), backend), layout),
      (data) => ({ data, shape: [...batch.shape, ...size] }),
    )
  }

  function checkAveraged(): void {
    if (averaging === 'none') {
      throw new ValueError("averaging is 'none': paths differ in size, so take them one by one with `list` or `moduli`")
    }
  }

  return {
    options,
    paths: tree.all,
    outputShape,
    transform: (x) => atOnce(averages(x)),
    transformAsync: async (x: Images | ImageSet, given: Partial<PreparedRunOptions<ImageSet>> = {}) => {
      const { prepare, ...run } = checkOptions('transformAsync', given, { ...runRules, prepare: aFunction })
      return awaited(averages(x, prepare), run)
    },
    list: (x) => atOnce(list(x)),
    listAsync: async (x, run = {}) => awaited(list(x), run),
    moduli: (x) => atOnce(moduli(x)),
    moduliAsync: async (x, run = {}) => awaited(moduli(x), run),
    gradient: (x, g) => atOnce(gradients(x, g)),
    gradientAsync: async (x, g, run = {}) => awaited(gradients(x, g), run),
    apply(x) {
      checkAveraged()
      if (!(x instanceof Tensor))
        throw new DTypeError('`apply` takes a tensor: give tensor(data, shape), or call `transform`')
      const here = onBackend(x, backend)
      const batch = batchOf(here, size)
      // asked for anew on the way back, where filters may have been disposed of
      const plan = (): Plan => planFor(realOf(here.dtype))
      const images = (first?: number): Tensor => resident(batch.slice(0, batch.count), backend, first)
      const S = unrecorded(() =>
        scope(() => forward(plan(), images(0), layout, average).reshape(...batch.shape, ...outputShape)),
      )
      const pullback = (g: Tensor): Tensor =>
        backward(plan(), images(), g.reshape(batch.count, layout.total), layout).reshape(...x.shape)
      return differentiable(S, [here, pullback])
    },
    dispose: () => {
      for (const plan of plans.values()) plan.dispose()
      plans.clear()
    },
  }
}
