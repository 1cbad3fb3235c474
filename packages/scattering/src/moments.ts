// Moments of stationary images: means of moduli, which tell of sparsity and of how structures lie to one another, and the powers of the
// bands, which a Gaussian process knows too. They are coefficients like any other: differentiable, with typed paths.
import {
  type ArrayInput,
  type Backend,
  type Rules,
  type ShapedArray,
  DTypeError,
  Tensor,
  aBackend,
  anything,
  asTensor,
  checkOptions,
  concat,
  onBackend,
  reference,
  scope,
  trueOrFalse,
  unrecorded,
  wholeNumber,
  wholeNumbers,
} from '@scatterlab/tensor'
import type { FilterOptions } from '@scatterlab/wavelets'
import { bandPowers } from './band-powers.ts'
import type { Path } from './paths-2d.ts'
import { scattering2d } from './scattering-2d.ts'

/** Options of `moments2d`. The paper's letters in brackets. */
export interface Moments2dOptions {
  /** Size of the images in pixels; they go on periodically. */
  readonly shape: readonly [height: number, width: number]
  /** Number of scales [J]. */
  readonly scales: number
  /** Number of orientations in half a turn [L]. Default 8. */
  readonly orientations?: number
  /** How many wavelet moduli follow each other, at most. Default 2. */
  readonly maxOrder?: number
  /** Whether the powers of the bands, E|x ⋆ ψ|², belong to them. Default true. */
  readonly powers?: boolean
  /** The filters: centre frequency, widths, wavelets per octave, convention, renormalisation. */
  readonly filters?: FilterOptions
  /** Who computes. Default the plain reference. */
  readonly backend?: Backend
}

/** One moment, and the wavelets in it. */
export interface MomentPath extends Path {
  /**
   * `mean`: E|…|x ⋆ ψ|…⋆ ψ|, and E x of order 0; `power`: E|x ⋆ ψ|²; of `covariances2d` also `C01`: E (x ⋆ ψ2)(|x ⋆ ψ1| ⋆ ψ2)*, and `C11`:
   * E (|x ⋆ ψ1| ⋆ ψ3)(|x ⋆ ψ2| ⋆ ψ3)*.
   */
  readonly kind: 'mean' | 'power' | 'C01' | 'C11'
  /** Which part of a covariance, a complex number, it is. */
  readonly part?: 'real' | 'imaginary'
}

/** The moments of images of one size. */
export interface Moments2d {
  /** Who computes. */
  readonly backend: Backend
  /** Size of an image in pixels. */
  readonly inputShape: readonly [height: number, width: number]
  /** How many numbers an image has. */
  readonly outputShape: readonly [moments: number]
  /** What each number is, in their order. */
  readonly paths: readonly MomentPath[]
  /** Images [..., height, width] → [..., moments], of the same precision. */
  transform(x: ArrayInput): Promise<ShapedArray>
  /** The same of a tensor, which stays on the back end: a differentiable operation. */
  apply(x: Tensor): Tensor
  /** Gives the memory of the filters on the back end back. */
  dispose(): void
}

const rules: Rules<Moments2dOptions> = {
  shape: wholeNumbers(2, 1, 2 ** 13),
  scales: wholeNumber(1),
  orientations: wholeNumber(1),
  maxOrder: wholeNumber(1),
  powers: trueOrFalse,
  filters: anything,
  backend: aBackend,
}

/**
 * E x, E|x ⋆ ψ|, E||x ⋆ ψ| ⋆ ψ|, … and E|x ⋆ ψ|², means over the image (Bruna & Mallat 2018; the lecture's translation invariant models).
 * Throws `ValueError` naming the option, its value and the fix.
 *
 * @example moments2d({ shape: [256, 256], scales: 6 })
 */
export function moments2d(given: Moments2dOptions): Moments2d {
  const { powers = true, ...checked } = checkOptions('moments2d', given, rules, ['shape', 'scales'])
  const { backend = reference, shape, scales, orientations = 8, filters = {} } = checked
  const means = scattering2d({ ...checked, averaging: 'global', padding: 'periodic' })
  const first = means.paths.filter(({ order }) => order === 1)
  const paths: MomentPath[] = means.paths.map((path) => ({ ...path, kind: 'mean' }))
  if (powers) paths.push(...first.map((path, i): MomentPath => ({ ...path, index: paths.length + i, kind: 'power' })))
  const bands = bandPowers(backend, { ...filters, shape, scales, orientations })

  function apply(x: Tensor): Tensor {
    const S = means.apply(x).reshape(-1, means.paths.length)
    const batch = x.shape.slice(0, -2)
    return (powers ? concat([S, bands.of(x)], -1) : S).reshape(...batch, paths.length)
  }

  return momentsOf({
    backend,
    shape,
    paths,
    apply,
    dispose() {
      means.dispose()
      bands.dispose()
    },
  })
}

/** What moments are made of. */
interface MomentParts {
  readonly backend: Backend
  readonly shape: readonly [height: number, width: number]
  readonly paths: readonly MomentPath[]
  readonly apply: (x: Tensor) => Tensor
  readonly dispose: () => void
}

/** The methods of moments, from what computes them of a tensor. */
export function momentsOf({ backend, shape, paths, apply, dispose }: MomentParts): Moments2d {
  return {
    backend,
    inputShape: shape,
    outputShape: [paths.length],
    paths,
    apply(x) {
      if (!(x instanceof Tensor))
        throw new DTypeError('`apply` takes a tensor: give tensor(data, shape), or call `transform`')
      return apply(onBackend(x, backend))
    },
    async transform(x) {
      const S = unrecorded(() => scope(() => apply(onBackend(asTensor(x, 'images'), backend))))
      const { shape: of } = S
      const data = await S.read()
      backend.release(S.buffer)
      return { data, shape: of }
    },
    dispose,
  }
}
