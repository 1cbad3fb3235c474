// The methods that every scattering transform has, at once, awaited and on tensors, over what one transform computes of a group.
// Whether images or signals come in is the declaration's to say.
import {
  type Backend,
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
import { type RunOptions, type Work, atOnce, awaited, runRules } from './blocks.ts'
import { type GroupGradient, type GroupTransform, type Layout, backward, forward, packed, unpack } from './groups.ts'
import { type Batch, type ImageSet, type Images, type Inputs, batchOf, preparedBatch, resident } from './images.ts'

/** How a set is transformed that becomes images or signals piece by piece. */
export interface PreparedRunOptions<S extends ImageSet> extends RunOptions {
  /** Makes images or signals of the transform's size of some of the set, for example floating-point numbers of bytes. */
  readonly prepare: (some: S) => Images
}

/**
 * A scattering transform of one size of images or signals. What ends in `Async` runs on every back end, those on a GPU too, takes a
 * signal and tells its progress; what does not gives the same at once, where the numbers are on the host.
 */
export interface Scattering<Path, Coefficients> {
  /** Who computes; its memory holds the filters. */
  readonly backend: Backend
  /** Shape of one image or signal. */
  readonly inputShape: readonly number[]
  /** Every path, in the order of the coefficients: a table of what each one means. */
  readonly paths: readonly Path[]
  /**
   * S x = (U[p]x ⋆ φ)_p, at the kept samples. Images or signals [..., size] of finite numbers → [..., paths, kept samples], of the same
   * precision. Throws a typed error for what does not fit, and with `averaging: 'none'`.
   */
  transform(x: Images): ShapedArray
  /** `transform`, awaited; of a whole data set that `prepare` makes images or signals of, some at a time. */
  transformAsync(x: Images, options?: RunOptions): Promise<ShapedArray>
  /** `transform` of a whole data set, some of it at a time: `prepare` makes images or signals of a part. */
  transformAsync<S extends ImageSet>(set: S, options: PreparedRunOptions<S>): Promise<ShapedArray>
  /** `transform` as a list with one entry a path; with `averaging: 'none'` the same as `moduli`. */
  list(x: Images): Coefficients[]
  /** `list`, awaited. */
  listAsync(x: Images, options?: RunOptions): Promise<Coefficients[]>
  /** U[p]x = |…|x ⋆ ψ_λ1|…⋆ ψ_λm| inside the image or signal for every path, each at its own resolution; U[∅] = x. */
  moduli(x: Images): Coefficients[]
  /** `moduli`, awaited. */
  moduliAsync(x: Images, options?: RunOptions): Promise<Coefficients[]>
  /**
   * J(x)ᵀ g: the gradient, with respect to x, of a loss whose gradient on `transform(x)` is g. The result has the shape and the
   * precision of x; at a modulus of 0 the derivative is taken as 0. Throws `ShapeError` if g is not of `transform(x)`'s shape.
   */
  gradient(x: Images, g: Images): ShapedArray
  /** `gradient`, awaited. */
  gradientAsync(x: Images, g: Images, options?: RunOptions): Promise<ShapedArray>
  /**
   * `transform` of a tensor, which stays on this transform's back end: a differentiable operation like any other. Numbers are looked
   * through for what is not finite only where they are on the host.
   */
  apply(x: Tensor): Tensor
  /** Gives the memory of the filters on the back end back, at once; they are made again if they are needed again. */
  dispose(): void
}

/** A transform for one element type: what it computes of a group of images that lie side by side. */
export interface Prepared {
  readonly averages: GroupTransform
  readonly gradient: GroupGradient
  readonly moduli: GroupTransform
  readonly dispose: () => void
}

/** Numbers of every path as they lie for one image, and what is said of each in a list. */
export interface Numbers<Coefficients> {
  /** [rows, columns] of each path. */
  readonly sizes: Layout['sizes']
  /** One path's entry in a list, but for its numbers. */
  readonly entry: (index: number) => Omit<Coefficients, keyof ShapedArray>
}

/** What a transform is made of. */
export interface Declaration<Path, Coefficients> {
  readonly backend: Backend
  /** How many images or signals are carried side by side on the way to averages and moduli; left out for what suits images. */
  readonly lanes?: number
  readonly inputs: Inputs
  readonly paths: readonly Path[]
  /** Averages as one array: its shape, for one image; null where `transform` has no array, since nothing is averaged. */
  readonly outputShape: readonly number[] | null
  readonly averages: Numbers<Coefficients>
  readonly moduli: Numbers<Coefficients>
  /** [rows, columns] of what is computed at once, where that is not one path: the same numbers in the same order. */
  readonly blocks?: Layout['sizes']
  /** Shape of one path's [rows, columns] in a list. */
  readonly shapeOf: (size: Layout['sizes'][0]) => readonly number[]
  readonly prepare: (dtype: RealDType) => Prepared
}

/** The most numbers of a result. */
const MOST_NUMBERS = 2 ** 31

/** The methods of a transform; its filters are made when they are first needed, for each precision. */
export function scattering<Path, Coefficients extends ShapedArray>(
  declaration: Declaration<Path, Coefficients>,
): Scattering<Path, Coefficients> {
  const { backend, inputs, paths, outputShape } = declaration
  const group = declaration.lanes === undefined ? {} : { lanes: declaration.lanes }
  const { size } = inputs
  const known = new Map<RealDType, Prepared>()
  const preparedFor = (dtype: RealDType): Prepared => {
    const found = known.get(dtype) ?? declaration.prepare(dtype)
    known.set(dtype, found)
    return found
  }
  const { blocks } = declaration
  const layout = packed(blocks ?? declaration.averages.sizes)
  const pixels = size.reduce((product, n) => product * n, 1)

  const averagesOf = (x: Tensor, dtype: RealDType): Tensor => {
    const { averages } = preparedFor(dtype)
    // averages of one transform are the same operations at every call
    return forward({ backend, dtype, key: averages, ...group }, x, layout, averages)
  }
  const gradientOf = (x: Tensor, g: Tensor, dtype: RealDType): Tensor => {
    const { gradient } = preparedFor(dtype)
    return backward({ backend, dtype, key: gradient }, x, g, layout, gradient)
  }

  /** Work on a batch: what `issue` makes of some images on the back end, and `finish` of all numbers. */
  function work<T>(
    { count, slice }: Batch,
    { total }: Layout,
    issue: (images: Tensor, dtype: RealDType, start: number, end: number) => Tensor,
    finish: Work<T>['finish'],
  ): Work<T> {
    if (count * total > MOST_NUMBERS) {
      const most = Math.floor(MOST_NUMBERS / total)
      throw new ValueError(
        `${count} ${inputs.noun}s give ${count * total} numbers, too many for one array: give at most ${most}`,
      )
    }
    return {
      backend,
      count,
      size: pixels + total,
      issue(start, end) {
        const images = slice(start, end)
        return issue(resident(images, backend, inputs, start), realOf(images.dtype), start, end)
      },
      finish,
    }
  }

  function averages(x: Images | ImageSet, prepare?: (some: ImageSet) => Images): Work<ShapedArray> {
    const output = checkAveraged()
    const batch = prepare ? preparedBatch(x as ImageSet, prepare, inputs) : batchOf(x as Images, inputs)
    return work(batch, layout, averagesOf, (data) => ({ data, shape: [...batch.shape, ...output] }))
  }

  function listed(
    x: Images,
    { sizes, entry }: Numbers<Coefficients>,
    of: (x: Tensor, dtype: RealDType, own: Layout) => Tensor,
  ): Work<Coefficients[]> {
    const batch = batchOf(x, inputs)
    const own = packed(sizes)
    const shapeOf = (each: Layout['sizes'][0]): number[] => [...batch.shape, ...declaration.shapeOf(each)]
    return work(
      batch,
      own,
      (images, dtype) => of(images, dtype, own),
      (data) => paths.map((_, index) => ({ ...entry(index), ...unpack(data, own, index, shapeOf) }) as Coefficients),
    )
  }

  const moduli = (x: Images): Work<Coefficients[]> =>
    listed(x, declaration.moduli, (images, dtype, own) =>
      forward({ backend, dtype, ...group }, images, blocks ? layout : own, preparedFor(dtype).moduli),
    )
  const list = (x: Images): Work<Coefficients[]> =>
    outputShape === null ? moduli(x) : listed(x, declaration.averages, averagesOf)

  function gradients(x: Images, g: Images): Work<ShapedArray> {
    const output = checkAveraged()
    const batch = batchOf(x, inputs)
    const [given, expected] = [asTensor(g, 'g'), [...batch.shape, ...output]]
    if (!sameShape(given.shape, expected)) {
      throw new ShapeError(
        `g has shape ${formatShape(given.shape)}, the coefficients of these ${inputs.noun}s ${formatShape(expected)}`,
      )
    }
    const flat = given.reshape(batch.count, layout.total)
    return work(
      batch,
      layout,
      (images, dtype, start, end) => gradientOf(images, onBackend(flat.slice([start, end]), backend), dtype),
      (data) => ({ data, shape: [...batch.shape, ...size] }),
    )
  }

  function checkAveraged(): readonly number[] {
    if (outputShape === null) {
      throw new ValueError("averaging is 'none': paths differ in size, so take them one by one with `list` or `moduli`")
    }
    return outputShape
  }

  return {
    backend,
    inputShape: size,
    paths,
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
      const output = checkAveraged()
      if (!(x instanceof Tensor))
        throw new DTypeError('`apply` takes a tensor: give tensor(data, shape), or call `transform`')
      const here = onBackend(x, backend)
      const dtype = realOf(here.dtype)
      const batch = batchOf(here, inputs)
      const images = (first?: number): Tensor => resident(batch.slice(0, batch.count), backend, inputs, first)
      // filters may have been disposed of before the way back, which asks for them anew
      const S = unrecorded(() => scope(() => averagesOf(images(0), dtype).reshape(...batch.shape, ...output)))
      const pullback = (g: Tensor): Tensor =>
        gradientOf(images(), g.reshape(batch.count, layout.total), dtype).reshape(...x.shape)
      return differentiable(S, [here, pullback])
    },
    dispose: () => {
      for (const prepared of known.values()) prepared.dispose()
      known.clear()
    },
  }
}
