// The options of a scattering transform of signals, checked and completed.
import {
  type Backend,
  type Rule,
  type Rules,
  ValueError,
  aBackend,
  anything,
  checkOptions,
  numberFrom,
  oneOf,
  reference,
  shown,
  wholeNumber,
} from '@scatterlab/tensor'
import { type FilterOptions1d, filterRules1d } from '@scatterlab/wavelets'
import type { Padding } from './sampling.ts'

/** How densely moduli are sampled. */
export type Sampling =
  /** kymatio's numbers to rounding: every 2^j samples, j from a wavelet's highest frequency. */
  | 'kymatio'
  /** As a wavelet's bandwidth asks, since a modulus does not see the carrier: several times fewer samples, not bit-compatible. */
  | 'bandwidth'

/** Options of `scattering1d`. The paper's letters in brackets. */
export interface Scattering1dOptions {
  /** Length of the signals in samples [N]. Any. */
  readonly length: number
  /** Octaves [J]: the longest wavelets span about 2^J samples. */
  readonly scales: number
  /** Wavelets per octave [Q]: of the first order, and 1 of the others; or one number an order. Default 1. */
  readonly waveletsPerOctave?: number | readonly number[]
  /** Highest order [m]: how many wavelet moduli follow each other, at most. Any; default 2. */
  readonly maxOrder?: number
  /**
   * Samples over which φ averages [T]; `global`: means over the signal; `none`: the moduli themselves, by `list`. Default 2^J.
   */
  readonly averaging?: number | 'global' | 'none'
  /** Averages are kept at every so many-th sample, a power of two up to the one below T, which is the default. */
  readonly stride?: number
  /** The same in powers of two: averages are kept 2^oversampling times as densely. Not together with `stride`. */
  readonly oversampling?: number
  /** How the signal goes on beyond its ends. Default `reflect`. */
  readonly padding?: Padding
  /** Samples that are added at each end, at least. Default kymatio's rule: three times the support of φ, as far as the signal's length allows. */
  readonly margin?: number
  /** How densely moduli are sampled. Default `kymatio`. */
  readonly sampling?: Sampling
  /** Samples per second, in hertz: paths then also say their frequencies in hertz and their reach in seconds. */
  readonly sampleRate?: number
  /** The filters: convention, family, centre of the finest, widths, renormalisation. */
  readonly filters?: FilterOptions1d
  /** Who computes. Default the plain reference. */
  readonly backend?: Backend
}

/** Options with every default filled in. */
export interface CompleteOptions1d extends Required<
  Omit<Scattering1dOptions, 'waveletsPerOctave' | 'averaging' | 'stride' | 'oversampling' | 'margin' | 'sampleRate'>
> {
  /** One number an order. */
  readonly waveletsPerOctave: readonly number[]
  /** What is averaged: windows, the whole, or nothing. */
  readonly averaged: 'window' | 'global' | 'none'
  /** T in samples, also where nothing is averaged: it says how far to pad. */
  readonly averaging: number
  readonly log2Stride: number
  readonly margin: number | null
  readonly sampleRate: number | null
}

/** The most samples of a signal, and of wavelets per octave. */
const MOST = { samples: 2 ** 22, perOctave: 1024, orders: 64 }

const perOctave: Rule = (value) => {
  const each = Array.isArray(value) ? (value as unknown[]) : [value]
  return each.length >= 1 &&
    each.length <= MOST.orders &&
    each.every((q) => wholeNumber(1, MOST.perOctave)(q) === undefined)
    ? undefined
    : `a whole number from 1 to ${MOST.perOctave}, or a list with one an order`
}

const averagingRule: Rule = (value) =>
  value === 'global' ||
  value === 'none' ||
  (typeof value === 'number' && numberFrom(1, MOST.samples)(value) === undefined)
    ? undefined
    : "a number of samples from 1, 'global' or 'none'"

export const rules1d: Rules<Scattering1dOptions> = {
  length: wholeNumber(2, MOST.samples),
  scales: wholeNumber(1),
  waveletsPerOctave: perOctave,
  maxOrder: wholeNumber(0),
  averaging: averagingRule,
  stride: wholeNumber(1),
  oversampling: wholeNumber(0),
  padding: oneOf('reflect', 'periodic', 'zero'),
  margin: wholeNumber(0, MOST.samples),
  sampling: oneOf('kymatio', 'bandwidth'),
  sampleRate: numberFrom(Number.MIN_VALUE, Number.MAX_VALUE),
  filters: anything,
  backend: aBackend,
}

/** Fills in defaults. Throws `ValueError` naming the option, its value and the fix. */
export function complete1d(given: Scattering1dOptions, caller = 'scattering1d'): CompleteOptions1d {
  const checked = checkOptions(caller, given, rules1d, ['length', 'scales'])
  const filters = checkOptions('filters', checked.filters, filterRules1d)
  const { length, scales, waveletsPerOctave: Q = 1, maxOrder = 2 } = checked
  const window = checked.averaging
  const nextPower = 2 ** Math.ceil(Math.log2(length))
  if (2 ** scales > nextPower) {
    const largest = Math.log2(nextPower)
    throw new ValueError(
      `a signal of ${length} samples is shorter than 2^J = ${2 ** scales}: lower \`scales\` to ${largest}`,
    )
  }
  if (typeof window === 'number' && window > length)
    throw new ValueError(`averaging is ${window}, longer than the signal: give at most ${length}, or 'global'`)
  const averaging =
    typeof window === 'number' ? window : window === 'global' ? nextPower : Math.min(2 ** scales, length)
  return {
    maxOrder,
    padding: 'reflect',
    sampling: 'kymatio',
    backend: reference,
    ...checked,
    length,
    scales,
    filters,
    waveletsPerOctave: Array.from({ length: Math.max(1, Math.min(maxOrder, MOST.orders)) }, (_, m) =>
      typeof Q === 'number' ? (m === 0 ? Q : 1) : (Q[m] ?? 1),
    ),
    averaged: typeof window === 'string' ? window : 'window',
    averaging,
    log2Stride: log2Stride(checked, averaging),
    margin: checked.margin ?? null,
    sampleRate: checked.sampleRate ?? null,
  }
}

/** log2 of the distance of kept averages. */
function log2Stride(
  { stride, oversampling, averaging: window }: Partial<Scattering1dOptions>,
  averaging: number,
): number {
  const widest = Math.floor(Math.log2(averaging))
  const given = stride === undefined ? (oversampling === undefined ? null : 'oversampling') : 'stride'
  if (given === null) return widest
  if (stride !== undefined && oversampling !== undefined)
    throw new ValueError(`stride is ${stride} and oversampling is ${oversampling}: give one of the two`)
  if (typeof window === 'string')
    throw new ValueError(`${given} is ${shown(stride ?? oversampling)}, but averaging is '${window}': leave it out`)
  if (oversampling !== undefined) {
    if (oversampling > widest)
      throw new ValueError(`oversampling is ${oversampling}: at ${widest} every sample is kept already, lower it`)
    return widest - oversampling
  }
  const log2 = Math.log2(stride!)
  if (!Number.isInteger(log2) || log2 > widest)
    throw new ValueError(
      `stride is ${stride}: give a power of two up to ${2 ** widest}, the greatest within T = ${averaging}`,
    )
  return log2
}
