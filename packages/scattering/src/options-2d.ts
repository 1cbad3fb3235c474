// The options of a scattering transform, checked and completed.
import {
  type Backend,
  type Rules,
  ValueError,
  aBackend,
  anything,
  checkOptions,
  oneOf,
  reference,
  wholeNumber,
  wholeNumbers,
} from '@scatterlab/tensor'
import { type FilterOptions, filterRules } from '@scatterlab/wavelets'

/** Options of `scattering2d`. The paper's letters in brackets. */
export interface Scattering2dOptions {
  /** Size of the images in pixels. Any size, not only squares and powers of two. */
  readonly shape: readonly [height: number, width: number]
  /** Number of scales [J]: the transform is invariant to translations up to 2^J pixels. */
  readonly scales: number
  /** Number of orientations in half a turn [L]. Default 8. */
  readonly orientations?: number
  /** Highest order [m]: how many wavelet moduli follow each other, at most. Any; default 2. */
  readonly maxOrder?: number
  /** `window`: averages with φ_J; `global`: means over the image; `none`: the moduli themselves, by `list`. Default `window`. */
  readonly averaging?: 'window' | 'global' | 'none'
  /** Window averages are kept 2^oversampling times as densely as every 2^J pixels. Default 0. */
  readonly oversampling?: number
  /** How the image goes on beyond its edges. Default `reflect`. */
  readonly padding?: 'reflect' | 'periodic' | 'zero'
  /** The filters: centre frequency, widths, wavelets per octave, convention, renormalisation. */
  readonly filters?: FilterOptions
  /** Who computes. Default the plain reference. */
  readonly backend?: Backend
}

/** Options with every default filled in. */
export type CompleteOptions = Required<Scattering2dOptions> & { readonly scalesPerOctave: number }

const rules: Rules<Scattering2dOptions> = {
  shape: wholeNumbers(2, 1, 2 ** 22),
  scales: wholeNumber(1),
  orientations: wholeNumber(1),
  maxOrder: wholeNumber(0),
  averaging: oneOf('window', 'global', 'none'),
  oversampling: wholeNumber(0),
  padding: oneOf('reflect', 'periodic', 'zero'),
  filters: anything,
  backend: aBackend,
}

/** The most pixels of an image. */
const MOST_PIXELS = 2 ** 26

/** Fills in defaults. Throws `ValueError` naming the option, its value and the fix. */
export function complete(given: Scattering2dOptions): CompleteOptions {
  const checked = checkOptions('scattering2d', given, rules, ['shape', 'scales'])
  const filters = checkOptions('filters', checked.filters, filterRules)
  const options = {
    orientations: 8,
    maxOrder: 2,
    averaging: 'window' as const,
    oversampling: 0,
    padding: 'reflect' as const,
    backend: reference,
    ...checked,
    filters,
    scalesPerOctave: filters.scalesPerOctave ?? 1,
  }
  const [height, width] = options.shape
  if (height * width > MOST_PIXELS)
    throw new ValueError(`an image of ${height}×${width} has more than ${MOST_PIXELS} pixels: cut it into pieces`)
  const octaves = octavesOf(options)
  if (2 ** octaves > Math.min(height, width)) {
    const largest = Math.floor(Math.log2(Math.min(height, width))) * options.scalesPerOctave
    const fix = largest > 0 ? `lower \`scales\` to ${largest}` : 'give larger images'
    throw new ValueError(`image ${height}×${width} is smaller than 2^J = ${2 ** octaves}: ${fix}`)
  }
  if (options.oversampling > octaves) {
    throw new ValueError(`oversampling is ${options.oversampling}: at ${octaves} every pixel is kept already, lower it`)
  }
  return options
}

/** Octaves that the scales span: the window is 2^octaves pixels. */
export const octavesOf = (options: { readonly scales: number; readonly scalesPerOctave: number }): number =>
  Math.ceil(options.scales / options.scalesPerOctave)
