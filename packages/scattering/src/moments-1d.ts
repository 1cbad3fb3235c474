// Moments of stationary signals: means of moduli, and the powers of the bands. As `moments.ts` has them of images.
import {
  type Backend,
  type Rules,
  aBackend,
  anything,
  checkOptions,
  concat,
  numberFrom,
  oneOf,
  reference,
  trueOrFalse,
  wholeNumber,
} from '@scatterlab/tensor'
import { type FilterOptions1d, toGrid } from '@scatterlab/wavelets'
import { signalAxis } from './axis-1d.ts'
import { type BandPowers, bandPowers } from './band-powers.ts'
import { type Moment, type Moments, momentsOf } from './moments-of.ts'
import { type CompleteOptions1d, type Sampling, complete1d } from './options-1d.ts'
import type { Path1d } from './paths-1d.ts'
import { filtersOf, scattering1d } from './scattering-1d.ts'

/** Options of `moments1d`. The paper's letters in brackets. */
export interface Moments1dOptions {
  /** Length of the signals in samples [N]; they go on periodically. */
  readonly length: number
  /** Octaves [J]: the longest wavelets span about 2^J samples. */
  readonly scales: number
  /** Wavelets per octave [Q]: of the first order, and 1 of the others; or one number an order. Default 1. */
  readonly waveletsPerOctave?: number | readonly number[]
  /** How many wavelet moduli follow each other, at most. Default 2. */
  readonly maxOrder?: number
  /** Whether the powers of the bands, E|x ⋆ ψ|², belong to them. Default true. */
  readonly powers?: boolean
  /** How densely moduli are sampled. Default `kymatio`. */
  readonly sampling?: Sampling
  /** Samples per second, in hertz: paths then also say their frequencies in hertz. */
  readonly sampleRate?: number
  /** The filters: convention, family, centre of the finest, widths, renormalisation. */
  readonly filters?: FilterOptions1d
  /** Who computes. Default the plain reference. */
  readonly backend?: Backend
}

/** One moment of signals, and the wavelets in it. */
export type MomentPath1d = Path1d & Moment

/** The moments of signals of one length. */
export type Moments1d = Moments<MomentPath1d>

const rules: Rules<Moments1dOptions> = {
  length: wholeNumber(2, 2 ** 22),
  scales: wholeNumber(1),
  waveletsPerOctave: anything,
  maxOrder: wholeNumber(1),
  powers: trueOrFalse,
  sampling: oneOf('kymatio', 'bandwidth'),
  sampleRate: numberFrom(Number.MIN_VALUE, Number.MAX_VALUE),
  filters: anything,
  backend: aBackend,
}

/**
 * E x, E|x ⋆ ψ|, E||x ⋆ ψ| ⋆ ψ|, … and E|x ⋆ ψ|², means over the signal (Bruna et al. 2015). Of processes without a mean their increments are
 * to be given. Throws `ValueError` naming the option, its value and the fix.
 *
 * @example moments1d({ length: 8192, scales: 10 })
 */
export function moments1d(given: Moments1dOptions): Moments1d {
  const { powers = true, ...checked } = checkOptions('moments1d', given, rules, ['length', 'scales'])
  const { backend = reference, length } = checked
  const options = { ...checked, averaging: 'global', padding: 'periodic' } as const
  const means = scattering1d(options)
  const first = means.paths.filter(({ order }) => order === 1)
  const paths: MomentPath1d[] = means.paths.map((path) => ({ ...path, kind: 'mean' }))
  if (powers) paths.push(...first.map((path, i): MomentPath1d => ({ ...path, index: paths.length + i, kind: 'power' })))
  const bands = signalBands(complete1d(options))
  return momentsOf({
    backend,
    noun: 'signals',
    inputShape: [length],
    paths,
    bands,
    apply(x) {
      const S = means.apply(x).reshape(-1, means.paths.length)
      return (powers ? concat([S, bands.of(x)], -1) : S).reshape(...x.shape.slice(0, -1), paths.length)
    },
    dispose: means.dispose,
  })
}

/** The powers of the bands of signals that go on periodically. */
export const signalBands = (options: CompleteOptions1d): BandPowers =>
  bandPowers(options.backend, {
    shape: [1, options.length],
    filters: () => filtersOf(options, signalAxis(options), 0).banks[0].psi.map((psi) => toGrid(psi.atLevel(0))),
  })
