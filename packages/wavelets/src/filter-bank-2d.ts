// A bank of oriented wavelets for images, with its low-pass: ψ_{j,θ} and φ_J in Fourier, at every resolution that a scattering
// cascade needs.
import { type Rules, ValueError, checkOptions, numberFrom, oneOf, wholeNumber, wholeNumbers } from '@scatterlab/tensor'
import { aliased2d, checkAliased } from './aliased.ts'
import { type Box, restrict } from './box.ts'
import { type Convention, perLevel, subsampled } from './levels.ts'
import { littlewoodPaley } from './littlewood-paley.ts'
import { type MorletShape, morlet } from './morlet.ts'
import { spatialMorlet, spatialTail } from './spatial.ts'

/** What filters are like; every parameter is open. */
export interface FilterOptions {
  /** Wavelets per octave Q: σ_j = σ·2^{j/Q}, ξ_j = ξ·2^{−j/Q}. Default 1. */
  readonly scalesPerOctave?: number
  /** Default `kymatio`. */
  readonly convention?: Convention
  /** `morlet` has zero mean exactly, `gabor` is not corrected. Default `morlet`. */
  readonly family?: 'morlet' | 'gabor'
  /** Centre frequency of the finest wavelet, radians per pixel, up to π. Default ½(2^{−1/Q} + 1)π: 3π/4 for one wavelet an octave. */
  readonly xi?: number
  /** Deviation of the finest wavelet's envelope, pixels, 0.1 or more. Default 0.8. */
  readonly sigma?: number
  /** Deviation of the low-pass at the first scale, pixels, 0.1 or more: φ has σ_φ·2^{(J−1)/Q}. Default 0.8. */
  readonly sigmaLowPass?: number
  /** Deviation across over along the stripes. Default 4/L. */
  readonly slant?: number
  /**
   * `none`; `wavelets`: every ψ divided by √(K/2), K = max_ω Σ|ψ̂|² (ScatNet's rule); `frame`: every filter divided by √max A, so
   * that A ≤ 1: ‖Wx‖ ≤ ‖x‖ on the grid. Default `none`.
   */
  readonly renormalise?: 'none' | 'wavelets' | 'frame'
  /**
   * The most of a wavelet's energy that may lie beyond ±π, where the grid folds it back (`psi.aliased()`). Default 1: any, since the finest
   * wavelets of the defaults have 7 % (signals) and 21 % (images) there.
   */
  readonly mostAliased?: number
}

/** What a bank is made of. */
export interface FilterBankOptions extends FilterOptions {
  /** The grid in pixels, padding included. */
  readonly shape: readonly [height: number, width: number]
  /** Number of scales J. */
  readonly scales: number
  /** Number of orientations L in half a turn. Default 8. */
  readonly orientations?: number
  /** Values below this share of a filter's peak are left out of its support. Default 1e-17. */
  readonly threshold?: number
}

/** What each of the filters' parameters may be, for those who take them as an option of their own. */
export const filterRules: Rules<FilterOptions> = {
  scalesPerOctave: wholeNumber(1, 1000),
  convention: oneOf('kymatio', 'exact'),
  family: oneOf('morlet', 'gabor'),
  xi: numberFrom(1e-6, Math.PI),
  sigma: numberFrom(0.1, 1e4),
  sigmaLowPass: numberFrom(0.1, 1e4),
  slant: numberFrom(1e-4, 100),
  renormalise: oneOf('none', 'wavelets', 'frame'),
  mostAliased: numberFrom(0, 1),
}

const rules: Rules<FilterBankOptions> = {
  ...filterRules,
  shape: wholeNumbers(2, 1),
  scales: wholeNumber(1),
  orientations: wholeNumber(1),
  threshold: numberFrom(0, 0.5),
}

/** The most octaves, wavelets and points of the grid; and the narrowest envelope, in pixels, whose aliases are still summed in no time. */
const MOST = { octaves: 26, wavelets: 2 ** 16, points: 2 ** 26 }
const NARROWEST = 0.1

/** One wavelet of a bank. */
export interface Wavelet2d extends MorletShape {
  /** Scale index j = 0 … J−1. */
  readonly scale: number
  /** Orientation index 0 … L−1. */
  readonly orientation: number
  /** ψ̂ on the grid subsampled by 2^level, on its support. */
  readonly atLevel: (level: number) => Box
  /**
   * The share of the wavelet's energy beyond the square ±π/2^level (level 0 by default): what folds back on the grid subsampled by
   * 2^level, or from level 1 on is cut away in kymatio's convention. To about 1 % of itself.
   */
  readonly aliased: (level?: number) => number
}

/** The low-pass φ_J, separable: φ̂(ω_y, ω_x) = rows(ω_y)·columns(ω_x). */
export interface LowPass2d {
  /** Standard deviation in pixels. */
  readonly sigma: number
  /** The two factors on the grid subsampled by 2^level, in the order of the discrete Fourier transform. */
  readonly atLevel: (level: number) => {
    /** One value for each row of the grid. */
    readonly rows: Float64Array
    /** One value for each column. */
    readonly columns: Float64Array
  }
  /** The share of its energy beyond the square ±π/2^level, as of a wavelet. */
  readonly aliased: (level?: number) => number
}

/** A filter bank of the plane. */
export interface FilterBank2d {
  /** What it was built from, defaults filled in. */
  readonly options: Required<FilterBankOptions>
  /** The grid in pixels. */
  readonly grid: readonly [height: number, width: number]
  /** The J·L wavelets, scale by scale. */
  readonly psi: readonly Wavelet2d[]
  /** The low-pass of the coarsest scale. */
  readonly phi: LowPass2d
}

/** kymatio divides by 2·3.1415·σ²: its filters are larger than the closed form by this factor. */
const KYMATIO_GAIN = Math.PI / 3.1415

/**
 * Builds a bank (Bruna & Mallat 2013, section 2; kymatio's `filter_bank`). Filters are computed when first asked for, and kept.
 * Throws `ValueError` for options out of range, naming the fix.
 */
export function filterBank2d(given: FilterBankOptions): FilterBank2d {
  const options = complete(given)
  const plain = build(options)
  checkAliased(plain.psi, options.mostAliased)
  if (options.renormalise === 'none') return plain
  const power = littlewoodPaley(plain)
  if (options.renormalise === 'wavelets') return multiplied(plain, 1 / Math.sqrt(power.largestWavelets / 2), 1)
  const gain = 1 / Math.sqrt(power.upper)
  return multiplied(plain, gain, gain)
}

function build(options: Required<FilterBankOptions>): FilterBank2d {
  const { shape, scales, orientations, scalesPerOctave, convention, slant } = options
  const psi: Wavelet2d[] = []
  for (let scale = 0; scale < scales; scale++) {
    const dilation = 2 ** (scale / scalesPerOctave)
    for (let orientation = 0; orientation < orientations; orientation++) {
      const theta = angle(orientation, orientations, convention)
      const mother = { sigma: options.sigma * dilation, xi: options.xi / dilation, theta, slant }
      const atLevel = wavelet(mother, options)
      psi.push({ ...mother, scale, orientation, atLevel, aliased: aliased(mother, options.family === 'morlet') })
    }
  }
  const sigma = options.sigmaLowPass * 2 ** ((scales - 1) / scalesPerOctave)
  const factor = (length: number, level: number): Float64Array => lowPass(sigma, length, level, convention)
  const atLevel = perLevel((level) => ({ rows: factor(shape[0], level), columns: factor(shape[1], level) }))
  const isotropic = { sigma, xi: 0, theta: 0, slant: 1 }
  return { options, grid: shape, psi, phi: { sigma, atLevel, aliased: aliased(isotropic, false) } }
}

/** The bank with every ψ and φ times a number. */
function multiplied(plain: FilterBank2d, ofPsi: number, ofPhi: number): FilterBank2d {
  const psi = plain.psi.map((one) => ({ ...one, atLevel: perLevel((level) => scaled(one.atLevel(level), ofPsi)) }))
  const factor = (values: Float64Array): Float64Array => values.map((v) => v * Math.sqrt(ofPhi))
  const atLevel = perLevel((level) => {
    const { rows, columns } = plain.phi.atLevel(level)
    return { rows: factor(rows), columns: factor(columns) }
  })
  return { ...plain, psi, phi: { ...plain.phi, atLevel } }
}

function aliased(shape: MorletShape, corrected: boolean): (level?: number) => number {
  const share = perLevel((level) => aliased2d(shape, corrected, Math.PI / 2 ** level))
  return (level = 0) => share(level)
}

function complete(given: FilterBankOptions): Required<FilterBankOptions> {
  const checked = checkOptions('filterBank2d', given, rules, ['shape', 'scales'])
  const { orientations = 8, scalesPerOctave = 1 } = checked
  const options = {
    orientations,
    scalesPerOctave,
    convention: 'kymatio' as const,
    family: 'morlet' as const,
    xi: ((2 ** (-1 / scalesPerOctave) + 1) * Math.PI) / 2,
    sigma: 0.8,
    sigmaLowPass: 0.8,
    slant: 4 / orientations,
    renormalise: 'none' as const,
    mostAliased: 1,
    threshold: 1e-17,
    ...checked,
  }
  const { scales, shape, sigma, slant } = options
  if (scales > MOST.octaves * scalesPerOctave)
    throw new ValueError(
      `scales is ${scales}: with ${scalesPerOctave} an octave at most ${MOST.octaves * scalesPerOctave}`,
    )
  if (scales * orientations > MOST.wavelets) {
    const most = Math.floor(MOST.wavelets / scales)
    throw new ValueError(
      `${scales} scales of ${orientations} orientations are too many wavelets: lower orientations to ${most}`,
    )
  }
  if (shape[0] * shape[1] > MOST.points)
    throw new ValueError(`a grid of ${shape.join('×')} has more than ${MOST.points} points: cut the image into pieces`)
  if (sigma / slant < NARROWEST) {
    throw new ValueError(
      `sigma is ${sigma} and slant is ${slant}: along its stripes the envelope is narrower than ${NARROWEST} pixels, lower slant`,
    )
  }
  return options
}

function angle(orientation: number, orientations: number, convention: Convention): number {
  const turns = convention === 'kymatio' ? Math.trunc(orientations - orientations / 2 - 1) - orientation : orientation
  return (turns * Math.PI) / orientations
}

/** ψ̂ at each level: in kymatio's convention the fine filter cut to the coarse band, else the closed form on the coarse grid. */
function wavelet(shape: MorletShape, options: Required<FilterBankOptions>): (level: number) => Box {
  const [height, width] = options.shape
  const corrected = options.family === 'morlet'
  if (options.convention === 'exact') {
    return perLevel((level) => {
      const zoom = 2 ** level
      const here = { ...shape, sigma: shape.sigma / zoom, xi: shape.xi * zoom }
      return morlet(subsampled(height, level), subsampled(width, level), here, options.threshold, corrected)
    })
  }
  const fine = perLevel(() => {
    const build = spatialTail(height, width, shape) > 1e-12 ? spatialMorlet : morlet
    return scaled(build(height, width, shape, options.threshold, corrected), KYMATIO_GAIN)
  })
  return perLevel((level) => {
    const coarse = [subsampled(height, level), subsampled(width, level)] as const
    return level === 0 ? fine(0) : restrict(fine(0), ...coarse)
  })
}

const scaled = (box: Box, gain: number): Box => (gain === 1 ? box : { ...box, values: box.values.map((v) => v * gain) })

/** One factor of φ̂: a Gaussian e^{−σ²ω²/2}, periodised, at the frequencies of the subsampled grid. */
function lowPass(sigma: number, length: number, level: number, convention: Convention): Float64Array {
  const coarse = subsampled(length, level)
  // kymatio's level is the fine filter cut to the coarse band; the exact one is the coarse filter, aliases included
  const [grid, deviation] = convention === 'kymatio' ? [length, sigma] : [coarse, sigma / 2 ** level]
  const gain = convention === 'kymatio' ? Math.sqrt(KYMATIO_GAIN) : 1
  const aliases = Math.ceil(9 / (2 * Math.PI * deviation)) + 1
  const low = -(coarse - Math.floor(coarse / 2))
  const values = new Float64Array(coarse)
  for (let k = low; k < low + coarse; k++) {
    let sum = 0
    for (let m = -aliases; m <= aliases; m++) {
      const omega = (2 * Math.PI * (k + m * grid)) / grid
      sum += Math.exp(-((deviation * omega) ** 2) / 2)
    }
    values[(k + coarse) % coarse] = gain * sum
  }
  return values
}
