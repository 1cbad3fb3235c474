// A bank of wavelets for signals, with its low-pass: ψ_n and φ_T in Fourier, at every resolution that a scattering cascade needs.
// Along time, and along the log-frequencies of a scalogram (both signs of frequency).
import { type Rules, ValueError, checkOptions, numberFrom, oneOf, wholeNumber } from '@scatterlab/tensor'
import { type Filter1d, type LowPassShape, filter } from './filter-1d.ts'
import type { Convention } from './levels.ts'
import { type LineBank, lineBank } from './line-bank.ts'
import { bandwidth, finestCentre, progression } from './progression.ts'

/** What filters of signals are like; every parameter is open. Frequencies are in radians per sample: 2π times kymatio's. */
export interface FilterOptions1d {
  /** Default `kymatio`: its numbers to rounding. `exact` sums all aliases, where kymatio stops after P periods. */
  readonly convention?: Convention
  /** `morlet` has zero mean exactly, `gabor` is not corrected. Default `morlet`. */
  readonly family?: 'morlet' | 'gabor'
  /** Centre frequency of the finest wavelet ξ, radians per sample, up to π. Default 2π·max(1/(1 + 2^{3/Q}), 0.35). */
  readonly xi?: number
  /** The share r of their peaks at which neighbours meet: wavelets are wider for larger ones. Default √½. */
  readonly overlap?: number
  /** Deviation of φ̂ for T = 1, radians per sample: φ̂ has σ₀/T, and no wavelet is narrower than σ₀/2^J. Default 0.2π. */
  readonly sigmaLowPass?: number
  /**
   * `none`; `wavelets`: every ψ divided by √(K/2), K = max_ω Σ|ψ̂|² over one spin (ScatNet's rule); `frame`: every filter divided by
   * √max A, so that A ≤ 1: ‖Wx‖ ≤ ‖x‖ on the grid. Default `none`: ℓ1 norm 1 in time.
   */
  readonly renormalise?: 'none' | 'wavelets' | 'frame'
  /**
   * The most of a wavelet's energy that may lie beyond ±π, where the grid folds it back (`psi.aliased()`). Default 1: any, since the finest
   * wavelets of the defaults have 7 % (signals) and 21 % (images) there.
   */
  readonly mostAliased?: number
}

/** What a bank of signals is made of. */
export interface FilterBank1dOptions extends FilterOptions1d {
  /** The grid in samples N, padding included. */
  readonly length: number
  /** Number of octaves J: the longest wavelets span about 2^J samples. */
  readonly scales: number
  /** Wavelets per octave Q, of one order. Default 1. */
  readonly waveletsPerOctave?: number
  /** The samples T over which φ averages. Default 2^J. */
  readonly averaging?: number
  /** `positive`: analytic wavelets. `both`: then those of negative frequencies, in the same order. Default `positive`. */
  readonly spins?: 'positive' | 'both'
  /** Values below this share of a filter's peak are left out of its support. Default 1e-17. */
  readonly threshold?: number
}

/** A filter bank of the line, in time or along log-frequencies. */
export type FilterBank1d = LineBank<FilterBank1dOptions>

/** What each of the filters' parameters may be, for those who take them as an option of their own. */
export const filterRules1d: Rules<FilterOptions1d> = {
  convention: oneOf('kymatio', 'exact'),
  family: oneOf('morlet', 'gabor'),
  xi: numberFrom(1e-6, Math.PI),
  overlap: numberFrom(1e-6, 0.999999),
  sigmaLowPass: numberFrom(1e-6, 10),
  renormalise: oneOf('none', 'wavelets', 'frame'),
  mostAliased: numberFrom(0, 1),
}

const MOST = { octaves: 26, perOctave: 1024, points: 2 ** 23, averaging: 2 ** 26 }

const rules: Rules<FilterBank1dOptions> = {
  ...filterRules1d,
  length: wholeNumber(2, MOST.points),
  scales: wholeNumber(1, MOST.octaves),
  waveletsPerOctave: wholeNumber(1, MOST.perOctave),
  averaging: numberFrom(1, MOST.averaging),
  spins: oneOf('positive', 'both'),
  threshold: numberFrom(0, 0.5),
}

const TURN = 2 * Math.PI

/**
 * Builds a bank of signals (Andén & Mallat 2014, section 2; kymatio 0.4's `scattering_filter_factory`). Filters are computed when
 * first asked for, and kept. Throws `ValueError` for options out of range, naming the fix.
 */
export function filterBank1d(given: FilterBank1dOptions): FilterBank1d {
  const options = complete(given)
  const { xi, scales, waveletsPerOctave, overlap, sigmaLowPass } = options
  const centre = xi / TURN
  const finest = { xi: centre, sigma: bandwidth(centre, waveletsPerOctave, overlap) }
  const wavelets = progression(finest, sigmaLowPass / TURN / 2 ** scales, waveletsPerOctave)
  return lineBank(options, options, wavelets, lowPass(options))
}

/** What a low-pass of signals is made of. */
export type LowPass1dOptions = Pick<FilterBank1dOptions, 'length' | 'convention' | 'sigmaLowPass' | 'threshold'> &
  Required<Pick<FilterBank1dOptions, 'averaging'>>

/** A low-pass φ_T by itself, of mass 1: what averages a scalogram, or tells how far to pad. Throws `ValueError`. */
export function lowPass1d(given: LowPass1dOptions): Filter1d {
  const { length, averaging, convention, sigmaLowPass, threshold } = rules
  const known: Rules<LowPass1dOptions> = { length, averaging, convention, sigmaLowPass, threshold }
  const options = { ...defaults, ...checkOptions('lowPass1d', given, known, ['length', 'averaging']) }
  return filter(lowPass(options), options)
}

/** The bank along the log-frequencies of a scalogram (kymatio 0.4's joint scattering): {@link filterBank1d} with both spins. */
export const logFrequencyBank = (given: Omit<FilterBank1dOptions, 'spins'>): FilterBank1d =>
  filterBank1d({ ...checkOptions('logFrequencyBank', given, withoutSpins, ['length', 'scales']), spins: 'both' })

const { spins: _, ...withoutSpins } = rules

const defaults = {
  convention: 'kymatio' as const,
  family: 'morlet' as const,
  overlap: Math.SQRT1_2,
  sigmaLowPass: 0.1 * TURN,
  renormalise: 'none' as const,
  mostAliased: 1,
  spins: 'positive' as const,
  threshold: 1e-17,
}

type Complete = Required<FilterBank1dOptions>

const lowPass = (given: Pick<Complete, 'sigmaLowPass' | 'averaging'>): LowPassShape => ({
  xi: 0,
  sigma: given.sigmaLowPass / TURN / given.averaging,
  averaging: given.averaging,
})

function complete(given: FilterBank1dOptions): Complete {
  const checked = checkOptions('filterBank1d', given, rules, ['length', 'scales'])
  const { waveletsPerOctave = 1, scales, length } = checked
  if (2 ** scales > length)
    throw new ValueError(
      `scales is ${scales}: 2^${scales} = ${2 ** scales} is more than the ${length} samples of the grid, lower scales to ${Math.floor(Math.log2(length))}`,
    )
  return {
    ...defaults,
    waveletsPerOctave,
    averaging: 2 ** scales,
    xi: TURN * finestCentre(waveletsPerOctave),
    ...checked,
  }
}
