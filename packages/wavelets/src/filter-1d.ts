// One filter of a bank of signals: its parameters in radians, and its values at every resolution.
import { type Box, fold } from './box.ts'
import { type Convention, perLevel, subsampled } from './levels.ts'
import { aliased1d } from './aliased.ts'
import { morlet1d } from './morlet-1d.ts'
import { type Gaussian, subsampling } from './progression.ts'
import { supportInTime } from './support-in-time.ts'

/** One filter of a bank of signals. */
export interface Filter1d {
  /** Centre frequency ξ in radians per sample, negative for the other spin; 0 of a low-pass. (kymatio: xi·2π) */
  readonly xi: number
  /** Deviation σ of the Gaussian in Fourier, radians per sample: the envelope in time has the deviation 1/σ samples. (kymatio: sigma·2π) */
  readonly sigma: number
  /** What passes may be kept at every 2^j-th sample: of a wavelet ⌊−log₂ min((|ξ| + 5σ)/2π, ½)⌋ − 1, of a low-pass ⌊log₂ T⌋. */
  readonly j: number
  /** The filter on the grid subsampled by 2^level, aliases summed: a box of one row, real, on its support. */
  readonly atLevel: (level: number) => Box
  /** {@link supportInTime} of the filter: the samples to either side that hold all but `tail` (1e-3) of half its ℓ1 norm. */
  readonly support: (tail?: number) => number
  /** The share of the filter's energy beyond ±π/2^level (level 0 by default): what folds back on the grid subsampled by 2^level. */
  readonly aliased: (level?: number) => number
}

/** How filters are put on their grid. */
export interface FilterSettings {
  readonly length: number
  readonly convention: Convention
  readonly family: 'morlet' | 'gabor'
  readonly threshold: number
}

/** A low-pass by the samples T over which it averages. */
export interface LowPassShape extends Gaussian {
  readonly averaging: number
}

/** The filter with a Gaussian in Fourier, in cycles per sample. */
export function filter(at: Gaussian | LowPassShape, options: FilterSettings): Filter1d {
  const { length, convention, family, threshold } = options
  const periods = convention === 'kymatio' ? 'kymatio' : 'all'
  const atLevel = perLevel((level): Box => {
    const coarse = subsampled(length, level)
    if (level > 0) return fold(atLevel(0), coarse)
    return morlet1d(length, at, periods, family === 'morlet', threshold)
  })
  const aliased = perLevel((level) => aliased1d(at.xi, at.sigma, family === 'morlet', 0.5 / 2 ** level))
  return {
    xi: 2 * Math.PI * at.xi,
    sigma: 2 * Math.PI * at.sigma,
    j: 'averaging' in at ? Math.floor(Math.log2(at.averaging)) : subsampling(at),
    atLevel,
    aliased: (level = 0) => aliased(level),
    support: (tail) => supportInTime(atLevel(0), tail),
  }
}

/** The filter times a number. */
export function multiplied(filter: Filter1d, gain: number): Filter1d {
  const atLevel = perLevel((level): Box => {
    const box = filter.atLevel(level)
    return { ...box, values: box.values.map((v) => gain * v) }
  })
  return { ...filter, atLevel }
}
