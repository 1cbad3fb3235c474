// The options of roto-translation scattering, checked and completed.
import {
  type Backend,
  type Rules,
  ValueError,
  aBackend,
  anything,
  checkOptions,
  numberFrom,
  oneOf,
  reference,
  wholeNumber,
  wholeNumbers,
} from '@scatterlab/tensor'
import { type FilterOptions, type FilterOptions1d, filterRules, filterRules1d } from '@scatterlab/wavelets'
import { octavesOf } from './options-2d.ts'

/** The wavelets along angles. */
export interface AngularOptions {
  /** Number of angular scales [J_rot]: at most log₂ 2L. Default ⌈log₂ L⌉. */
  readonly scales?: number
  /** Centre frequency of the finest wavelet, radians per step of angle π/L. Default 0.7π. */
  readonly xi?: number
  /** Deviation of its Gaussian in Fourier. Default 0.28π. */
  readonly sigma?: number
  /** Deviation of the low-pass's Gaussian in Fourier, for one step; φ̂ has this over 2^J_rot. Default 0.2π. */
  readonly sigmaLowPass?: number
}

/** The wavelets along log-scale: Morlets of both signs of frequency, a sample for each scale j1. */
export interface ScaleWaveletOptions extends Omit<FilterOptions1d, 'convention'> {
  /** Octaves of their frequencies: the longest wavelets span about 2^scales of the scales j1, at most all J. Default ⌊log₂ J⌋. */
  readonly scales?: number
  /** Wavelets per octave of frequency. Default 1. */
  readonly waveletsPerOctave?: number
}

/** Options of `rotoTranslation2d`. The papers' letters in brackets. */
export interface RotoTranslationOptions {
  /** Size of the images in pixels. Any. */
  readonly shape: readonly [height: number, width: number]
  /** Number of scales [J]: invariant to translations up to 2^J pixels. */
  readonly scales: number
  /** Number of orientations in half a turn [L], 2 or more. Quarter turns are exact for even ones. Default 8. */
  readonly orientations?: number
  /** Highest order [m]: 0, 1 or 2. Default 2. */
  readonly maxOrder?: number
  /** In space. `window`: averages with φ_J; `global`: means over the image. Default `window`. */
  readonly averaging?: 'window' | 'global'
  /** Along angles. `global`: means over the whole turn, which no rotation changes; `window`: with the angular φ̄; `none`. Default `global`. */
  readonly angularAveraging?: 'global' | 'window' | 'none'
  /**
   * Along scales. `none`; `global`: means over j1 of paths that differ in nothing else but by a common dilation (same j2 − j1, same
   * angles), which a scaling by a power of two hardly changes. Default `none`.
   */
  readonly scaleAveraging?: 'none' | 'global'
  /**
   * Wavelets along log-scale: those of angles and these act on Y(u, θ, j1) = |x ⋆ ψ_{j1,θ}| ⋆ ψ_{j2,θ+θ2}, j1 from 0 to the last that j2
   * follows, before the modulus. Beyond both ends stand zeros. Left out: none, each j1 by itself.
   */
  readonly alongScales?: ScaleWaveletOptions
  /** Window averages are kept 2^oversampling times as densely as every 2^J pixels. Default 0. */
  readonly oversampling?: number
  /** How the image goes on beyond its edges. Default `reflect`. */
  readonly padding?: 'reflect' | 'periodic' | 'zero'
  /** The filters in space. Their convention is `exact` by default; with `kymatio`'s, quarter turns are exact to about 1e-3 only. */
  readonly filters?: FilterOptions
  /** The wavelets along angles. */
  readonly angles?: AngularOptions
  /** Who computes. Default the plain reference. */
  readonly backend?: Backend
}

/** Options with every default filled in. */
export type CompleteRotoTranslationOptions = Required<Omit<RotoTranslationOptions, 'alongScales'>> & {
  readonly alongScales?: CompleteScaleWavelets
  readonly scalesPerOctave: number
  readonly octaves: number
}

/** Options of the wavelets along log-scale, with how many and how long. */
export type CompleteScaleWavelets = ScaleWaveletOptions & Required<Pick<ScaleWaveletOptions, 'scales'>>

const { convention: _, ...shapeRules } = filterRules1d
const scaleRules: Rules<ScaleWaveletOptions> = {
  ...shapeRules,
  scales: wholeNumber(1),
  waveletsPerOctave: wholeNumber(1, 64),
}

const angularRules: Rules<AngularOptions> = {
  scales: wholeNumber(1),
  xi: numberFrom(1e-6, Math.PI),
  sigma: numberFrom(1e-3, 10),
  sigmaLowPass: numberFrom(1e-6, 10),
}

const rules: Rules<RotoTranslationOptions> = {
  shape: wholeNumbers(2, 1, 4096),
  scales: wholeNumber(1),
  orientations: wholeNumber(2, 4096),
  maxOrder: wholeNumber(0, 2),
  averaging: oneOf('window', 'global'),
  angularAveraging: oneOf('global', 'window', 'none'),
  scaleAveraging: oneOf('none', 'global'),
  alongScales: anything,
  oversampling: wholeNumber(0),
  padding: oneOf('reflect', 'periodic', 'zero'),
  filters: anything,
  angles: anything,
  backend: aBackend,
}

/** Fills in defaults. Throws `ValueError` naming the option, its value and the fix. */
export function completeRotoTranslation(given: RotoTranslationOptions): CompleteRotoTranslationOptions {
  const { alongScales, ...checked } = checkOptions('rotoTranslation2d', given, rules, ['shape', 'scales'])
  const filters = { convention: 'exact' as const, ...checkOptions('filters', checked.filters, filterRules) }
  const options = {
    orientations: 8,
    maxOrder: 2,
    averaging: 'window' as const,
    angularAveraging: 'global' as const,
    scaleAveraging: 'none' as const,
    oversampling: 0,
    padding: 'reflect' as const,
    backend: reference,
    ...checked,
    filters,
    angles: checkOptions('angles', checked.angles, angularRules),
    ...(alongScales === undefined ? {} : { alongScales: completeScaleWavelets(alongScales, checked.scales) }),
    scalesPerOctave: filters.scalesPerOctave ?? 1,
  }
  const [height, width] = options.shape
  const octaves = octavesOf(options)
  if (2 ** octaves > Math.min(height, width)) {
    const largest = Math.floor(Math.log2(Math.min(height, width))) * options.scalesPerOctave
    const fix = largest > 0 ? `lower \`scales\` to ${largest}` : 'give larger images'
    throw new ValueError(`image ${height}×${width} is smaller than 2^J = ${2 ** octaves}: ${fix}`)
  }
  if (options.oversampling > octaves)
    throw new ValueError(`oversampling is ${options.oversampling}: at ${octaves} every pixel is kept already, lower it`)
  return { ...options, octaves }
}

function completeScaleWavelets(given: ScaleWaveletOptions, J: number): CompleteScaleWavelets {
  const options = checkOptions('alongScales', given, scaleRules)
  const most = Math.floor(Math.log2(J))
  if (most < 1) throw new ValueError(`alongScales needs 2 scales or more: raise \`scales\` from ${J}, or leave it out`)
  const { scales = most } = options
  if (scales > most)
    throw new ValueError(
      `alongScales.scales is ${scales}: 2^${scales} is more than the ${J} scales of the images, lower it to ${most}`,
    )
  return { ...options, scales }
}
