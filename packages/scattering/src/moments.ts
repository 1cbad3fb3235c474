// Moments of stationary images: means of moduli, which tell of sparsity and of how structures lie to one another, and the powers of the
// bands, which a Gaussian process knows too. They are coefficients like any other: differentiable, with typed paths.
import {
  type Backend,
  type Rules,
  aBackend,
  anything,
  checkOptions,
  concat,
  reference,
  trueOrFalse,
  wholeNumber,
  wholeNumbers,
} from '@scatterlab/tensor'
import { type FilterBankOptions, type FilterOptions, filterBank2d, toGrid } from '@scatterlab/wavelets'
import { type BandPowers, bandPowers } from './band-powers.ts'
import { type Moment, type Moments, momentsOf } from './moments-of.ts'
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

/** One moment of images, and the wavelets in it. */
export type MomentPath = Path & Moment

/** The moments of images of one size. */
export type Moments2d = Moments<MomentPath>

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
  const bands = imageBands(backend, { ...filters, shape, scales, orientations })
  return momentsOf({
    backend,
    noun: 'images',
    inputShape: shape,
    paths,
    bands,
    apply(x) {
      const S = means.apply(x).reshape(-1, means.paths.length)
      const batch = x.shape.slice(0, -2)
      return (powers ? concat([S, bands.of(x)], -1) : S).reshape(...batch, paths.length)
    },
    dispose: means.dispose,
  })
}

/** The powers of the bands of images. */
export const imageBands = (backend: Backend, options: FilterBankOptions): BandPowers =>
  bandPowers(backend, {
    shape: options.shape,
    filters: () => filterBank2d(options).psi.map((wavelet) => toGrid(wavelet.atLevel(0))),
  })
