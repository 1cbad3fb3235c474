// Roto-translation scattering of images: wavelets in space that turn along with the angle they come from, then wavelets along angles.
import type { ShapedArray } from '@scatterlab/tensor'
import { angularBank, filterBank2d, toGrid } from '@scatterlab/wavelets'
import { centredAxis } from './centred-axis.ts'
import { NEGLIGIBLE } from './plan.ts'
import { rotoTranslationAverages } from './roto-translation-cascade.ts'
import { rotoTranslationGradient } from './roto-translation-gradient.ts'
import { type RotoTranslationOptions, completeRotoTranslation } from './roto-translation-options.ts'
import { type RotoTranslationPath, angularWindows, rotoTranslationTree } from './roto-translation-paths.ts'
import { rotoTranslationPlan } from './roto-translation-plan.ts'
import { alongScales, scaleMeans } from './scale-fibre.ts'
import { scaleWaveletAverages } from './scale-wavelet-cascade.ts'
import { scaleWaveletGradient } from './scale-wavelet-gradient.ts'
import { scaleWaveletBank, scaleWaveletPlan } from './scale-wavelet-plan.ts'
import { halvings } from './sampling.ts'
import { type Scattering, scattering } from './transform.ts'

/** The coefficients of one path, for every image. */
export interface RotoTranslationCoefficients extends ShapedArray {
  /** Which path it is: its scales, angles and orders. */
  readonly path: RotoTranslationPath
  /** Distance of neighbouring coefficients, in pixels; 0 of means over the image. */
  readonly step: number
  /** Position of the first coefficient on the image, in pixels; halves lie between pixels. */
  readonly origin: readonly [row: number, column: number]
}

/** A roto-translation scattering of images of one size. */
export interface RotoTranslation2d extends Omit<
  Scattering<RotoTranslationPath, RotoTranslationCoefficients>,
  'moduli' | 'moduliAsync'
> {
  /** What it was made with, defaults filled in. */
  readonly options: RotoTranslationOptions
  /** Shape of one image's coefficients: [paths, rows, columns]. */
  readonly outputShape: readonly [paths: number, rows: number, columns: number]
}

/**
 * Scattering on the group of rotations and translations (Sifre & Mallat 2013; ScatNet's rigid-motion convolution), to order 2:
 * U1(u, θ, j) = |x ⋆ ψ_{j,θ}|, which a rotation of x both turns and moves along θ, is convolved with wavelets ψ_{j2,θ2}(u)ψ̄_k(θ) of that
 * group, and averaged over it. Unlike `scattering2d` it keeps the angle between orientations at neighbouring places, and forgets how
 * the image as a whole is turned: with `angularAveraging: 'global'` a quarter turn of the image turns the maps of coefficients and changes
 * nothing else. With `alongScales` wavelets along the scales j1 join them: the fibre is that of rotations and scalings.
 * Throws `ValueError` naming the option, its value and the fix.
 *
 * @example rotoTranslation2d({ shape: [32, 32], scales: 3 }).transform({ data, shape: [100, 32, 32] })
 */
export function rotoTranslation2d(given: RotoTranslationOptions): RotoTranslation2d {
  const options = completeRotoTranslation(given)
  const { backend, shape, scales, orientations, averaging, octaves, padding, oversampling } = options
  const stride = 2 ** octaves / 2 ** oversampling
  const [rows, columns] = shape.map((length) => centredAxis({ length, padding, octaves, stride }))
  const banksFor = (threshold: number) => {
    const grid = [rows.padded, columns.padded] as const
    return {
      bank: filterBank2d({ ...options.filters, shape: grid, scales, orientations, threshold }),
      angular: angularBank({ ...options.angles, orientations, threshold }),
      along: options.alongScales ? scaleWaveletBank(options.alongScales, scales, threshold) : null,
    }
  }
  const { bank, angular, along } = banksFor(NEGLIGIBLE.float32)
  const phi = toGrid(angular.phi.atLevel(0))
  const windowsOf = (isHalf: boolean) => angularWindows(options.angularAveraging, phi, angular.options.scales, isHalf)
  const windows = [windowsOf(true), windowsOf(false)] as const
  const coarsest = Math.min(halvings(rows.padded), halvings(columns.padded))
  const tree = rotoTranslationTree({
    bank,
    angular,
    alongScales: along,
    coarsest,
    maxOrder: options.maxOrder,
    halfWindows: windows[0],
    windows: windows[1],
  })
  const isGlobal = averaging === 'global'
  const kept = isGlobal ? ([1, 1] as const) : ([rows.kept.length, columns.kept.length] as const)
  const means = options.scaleAveraging === 'global' ? scaleMeans(tree.all) : null
  const paths = means === null ? tree.all : means.map(({ path }) => path)
  const outputShape = [paths.length, ...kept] as const
  const originOf = ({ kept: positions, centre, length }: typeof rows): number =>
    positions[0] - centre + (length - 1) / 2
  const numbers = {
    sizes: paths.map(() => kept),
    entry: (index: number) => ({
      path: paths[index],
      step: isGlobal ? 0 : stride,
      origin: isGlobal ? ([0, 0] as const) : ([originOf(rows), originOf(columns)] as const),
    }),
  }
  const {
    moduli: _,
    moduliAsync: __,
    ...transform
  } = scattering<RotoTranslationPath, RotoTranslationCoefficients>({
    backend,
    inputs: { noun: 'image', size: shape },
    paths,
    outputShape,
    averages: numbers,
    moduli: numbers,
    shapeOf: (size) => size,
    prepare: (dtype) => {
      const banks = banksFor(NEGLIGIBLE[dtype])
      const plan = rotoTranslationPlan({
        ...banks,
        dtype,
        backend,
        rows,
        columns,
        tree,
        windows,
        isGlobal,
      })
      const joint = banks.along && scaleWaveletPlan(plan, banks.angular, banks.along, windows)
      const each = {
        averages: joint ? scaleWaveletAverages(joint) : rotoTranslationAverages(plan),
        gradient: joint ? scaleWaveletGradient(joint) : rotoTranslationGradient(plan),
        dispose: (joint ?? plan).dispose,
      }
      const all = means === null ? each : alongScales(each, means, tree.all.length, kept, backend, dtype)
      return { ...all, moduli: all.averages }
    },
  })
  return { ...transform, options, outputShape }
}
