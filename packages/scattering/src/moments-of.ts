// The methods that all moments have, of images and of signals, from what computes them of a tensor.
import {
  type ArrayInput,
  type Backend,
  type ShapedArray,
  DTypeError,
  Tensor,
  asTensor,
  onBackend,
  scope,
  unrecorded,
} from '@scatterlab/tensor'
import type { BandPowers } from './band-powers.ts'
import { momentTarget } from './moment-target.ts'

/** What one moment is. */
export interface Moment {
  /** How many wavelets follow each other in it. */
  readonly order: number
  /**
   * `mean`: E|…|x ⋆ ψ|…⋆ ψ|, and E x of order 0; `power`: E|x ⋆ ψ|²; of covariances also `C01`: E (x ⋆ ψ2)(|x ⋆ ψ1| ⋆ ψ2)*, and `C11`:
   * E (|x ⋆ ψ1| ⋆ ψ3)(|x ⋆ ψ2| ⋆ ψ3)*.
   */
  readonly kind: 'mean' | 'power' | 'C01' | 'C11'
  /** Which part of a covariance, a complex number, it is. */
  readonly part?: 'real' | 'imaginary'
  /** Centre frequencies of its wavelets, in cycles per pixel or sample. */
  readonly frequencies: readonly number[]
  /** Their orientations in radians; of images only. */
  readonly angles?: readonly number[]
}

/** The moments of images or signals of one size. */
export interface Moments<Path extends Moment = Moment> {
  /** Who computes. */
  readonly backend: Backend
  /** Size of an image in pixels, or the length of a signal. */
  readonly inputShape: readonly number[]
  /** How many numbers an image or a signal has. */
  readonly outputShape: readonly [moments: number]
  /** What each number is, in their order. */
  readonly paths: readonly Path[]
  /** Images [..., height, width] or signals [..., length] → [..., moments], of the same precision. */
  transform(x: ArrayInput): Promise<ShapedArray>
  /** The same of a tensor, which stays on the back end: a differentiable operation. */
  apply(x: Tensor): Tensor
  /**
   * A spectrum whose bands have the powers that `target` [moments] tells of: amplitudes |x̂| [height, ⌊width/2⌋ + 1] or [⌊length/2⌋ + 1], in those of
   * white noise of variance 1. Throws `ShapeError` for a target of another shape, `ValueError` for one of a constant.
   */
  spectrum(target: ArrayInput): Promise<ShapedArray<Float64Array>>
  /** Gives the memory of the filters on the back end back. */
  dispose(): void
}

/** What moments are made of. */
export interface MomentParts<Path extends Moment> {
  readonly backend: Backend
  /** What is transformed, for messages. */
  readonly noun: 'images' | 'signals'
  readonly inputShape: readonly number[]
  readonly paths: readonly Path[]
  readonly bands: BandPowers
  readonly apply: (x: Tensor) => Tensor
  readonly dispose: () => void
}

/** The methods of moments. */
export function momentsOf<Path extends Moment>(parts: MomentParts<Path>): Moments<Path> {
  const { backend, noun, inputShape, paths, bands, apply, dispose } = parts
  const outputShape = [paths.length] as const
  return {
    backend,
    inputShape,
    outputShape,
    paths,
    apply(x) {
      if (!(x instanceof Tensor))
        throw new DTypeError('`apply` takes a tensor: give tensor(data, shape), or call `transform`')
      return apply(onBackend(x, backend))
    },
    async transform(x) {
      const S = unrecorded(() => scope(() => apply(onBackend(asTensor(x, noun), backend))))
      const { shape: of } = S
      const data = await S.read()
      backend.release(S.buffer)
      return { data, shape: of }
    },
    async spectrum(target) {
      const { powers } = await momentTarget(target, { outputShape, paths })
      return {
        data: bands.spectrum(powers),
        shape: [...inputShape.slice(0, -1), Math.floor(inputShape.at(-1)! / 2) + 1],
      }
    },
    dispose() {
      dispose()
      bands.dispose()
    },
  }
}
