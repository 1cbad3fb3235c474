// The options of joint time–frequency scattering, checked and completed.
import {
  type Rule,
  type Rules,
  ValueError,
  checkOptions,
  numberFrom,
  oneOf,
  shown,
  wholeNumber,
} from '@scatterlab/tensor'
import { type CompleteOptions1d, type Scattering1dOptions, complete1d, rules1d } from './options-1d.ts'

/** Options of `timeFrequencyScattering`. The paper's letters in brackets. */
export interface TimeFrequencyOptions extends Omit<
  Scattering1dOptions,
  'maxOrder' | 'oversampling' | 'sampling' | 'margin'
> {
  /** Octaves along log-frequency [J_fr]: the longest wavelets span about 2^J_fr first-order wavelets. */
  readonly frequencyScales: number
  /** Wavelets per octave along log-frequency [Q_fr]. Default 1. */
  readonly frequencyWaveletsPerOctave?: number
  /** First-order wavelets over which is averaged along log-frequency [F]; `global`: over all; `none`. Default 2^J_fr. */
  readonly frequencyAveraging?: number | 'global' | 'none'
  /** Along log-frequency every so many-th place is kept, a power of two; the one below F if it is left out. */
  readonly frequencyStride?: number
  /**
   * `time`: every pair of a joint wavelet and a log-frequency is a path, [paths, samples]; `joint`: log-frequency is an axis of its own,
   * [paths, log-frequencies, samples], without order 0. Default `time`.
   */
  readonly format?: 'time' | 'joint'
}

/** Options with every default filled in. */
export interface CompleteJointOptions {
  /** Those of the first order and of wavelets in time. */
  readonly time: CompleteOptions1d
  readonly frequencyScales: number
  readonly frequencyWaveletsPerOctave: number
  readonly frequencyAveraged: 'window' | 'global' | 'none'
  /** F in first-order wavelets, also where nothing is averaged. */
  readonly frequencyAveraging: number
  readonly log2FrequencyStride: number
  readonly format: 'time' | 'joint'
  /** Points of the grid along log-frequency N_fr: the scalogram and zeros above it. */
  readonly frequencies: number
}

const MOST_FREQUENCIES = 2 ** 16

const frequencyAveragingRule: Rule = (value) =>
  value === 'global' || value === 'none' || numberFrom(1, MOST_FREQUENCIES)(value) === undefined
    ? undefined
    : "a number of first-order wavelets from 1, 'global' or 'none'"

const { maxOrder: _m, oversampling: _o, sampling: _s, margin: _g, ...timeRules } = rules1d
const rules: Rules<TimeFrequencyOptions> = {
  ...timeRules,
  frequencyScales: wholeNumber(1, 14),
  frequencyWaveletsPerOctave: wholeNumber(1, 64),
  frequencyAveraging: frequencyAveragingRule,
  frequencyStride: wholeNumber(1),
  format: oneOf('time', 'joint'),
}

/** Fills in defaults. Throws `ValueError` naming the option, its value and the fix. */
export function completeJoint(given: TimeFrequencyOptions): CompleteJointOptions {
  const {
    frequencyScales: scales,
    frequencyWaveletsPerOctave = 1,
    frequencyAveraging: window,
    frequencyStride,
    format = 'time',
    ...signal
  } = checkOptions('timeFrequencyScattering', given, rules, ['length', 'scales', 'frequencyScales'])
  const time = complete1d(signal, 'timeFrequencyScattering')
  // as many first-order wavelets as kymatio counts on, and a margin of zeros that nothing wraps around
  const counted = (time.scales + 1) * time.waveletsPerOctave[0]
  if (typeof window === 'number' && window > counted)
    throw new ValueError(
      `frequencyAveraging is ${window}, more than the ${counted} first-order wavelets: lower it, or give 'global'`,
    )
  const averaging =
    typeof window === 'number' ? window : window === 'global' ? 2 ** Math.ceil(Math.log2(counted)) : 2 ** scales
  const frequencies = Math.floor((counted + 8 * Math.min(averaging, 2 ** scales)) / 2 ** scales) * 2 ** scales
  if (frequencies > MOST_FREQUENCIES)
    throw new ValueError(`frequencyScales is ${scales}: a grid of ${frequencies} log-frequencies is too long, lower it`)
  if (format === 'joint' && window === 'none')
    throw new ValueError(
      "format is 'joint', but frequencyAveraging is 'none': paths differ in size, give format 'time'",
    )
  return {
    time,
    frequencyScales: scales,
    frequencyWaveletsPerOctave,
    frequencyAveraged: typeof window === 'string' ? window : 'window',
    frequencyAveraging: averaging,
    log2FrequencyStride: log2Stride(frequencyStride, window, averaging),
    format,
    frequencies,
  }
}

function log2Stride(
  stride: number | undefined,
  window: TimeFrequencyOptions['frequencyAveraging'],
  averaging: number,
): number {
  const widest = Math.floor(Math.log2(averaging))
  if (stride === undefined) return widest
  if (typeof window === 'string')
    throw new ValueError(`frequencyStride is ${stride}, but frequencyAveraging is ${shown(window)}: leave it out`)
  const log2 = Math.log2(stride)
  if (!Number.isInteger(log2) || log2 > widest)
    throw new ValueError(
      `frequencyStride is ${stride}: give a power of two up to ${2 ** widest}, the greatest within F = ${averaging}`,
    )
  return log2
}
