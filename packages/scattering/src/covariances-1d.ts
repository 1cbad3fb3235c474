// Scattering covariances of stationary signals: how x and its moduli |x ⋆ ψ| go together at each scale. They know the direction of time.
import { type Rules, aBackend, anything, checkOptions, numberFrom, reference, wholeNumber } from '@scatterlab/tensor'
import { oneRow, signalAxis } from './axis-1d.ts'
import { bandsOf } from './covariance-paths.ts'
import { covariancesOf } from './covariances-of.ts'
import { type Moments1d, type Moments1dOptions, signalBands } from './moments-1d.ts'
import { complete1d } from './options-1d.ts'
import { type Path1d, inUnits, signalPaths } from './paths-1d.ts'
import { NEGLIGIBLE, planOf } from './plan.ts'
import { halvings } from './sampling.ts'
import { filterList, filtersOf } from './scattering-1d.ts'

/** Options of `covariances1d`. The paper's letters in brackets. */
export interface Covariances1dOptions extends Omit<
  Moments1dOptions,
  'maxOrder' | 'powers' | 'sampling' | 'waveletsPerOctave'
> {
  /** Wavelets per octave [Q]. Default 1. */
  readonly waveletsPerOctave?: number
}

const rules: Rules<Covariances1dOptions> = {
  length: wholeNumber(2, 2 ** 22),
  scales: wholeNumber(1),
  waveletsPerOctave: wholeNumber(1, 1024),
  sampleRate: numberFrom(Number.MIN_VALUE, Number.MAX_VALUE),
  filters: anything,
  backend: aBackend,
}

/**
 * E x, E|x ⋆ ψ|, E|x ⋆ ψ|², and the covariances C01 = E (x ⋆ ψ2)(|x ⋆ ψ1| ⋆ ψ2)* and C11 = E (|x ⋆ ψ1| ⋆ ψ3)(|x ⋆ ψ2| ⋆ ψ3)*, means over the
 * signal, which goes on periodically; the last wavelet is an octave or more coarser than those before it, and of C11 λ1 ≤ λ2 (Morel et al.
 * 2023). A covariance is two moments, its real and its imaginary part. Throws `ValueError` naming the option, its value and the fix.
 *
 * @example covariances1d({ length: 8192, scales: 9 })
 */
export function covariances1d(given: Covariances1dOptions): Moments1d {
  const checked = checkOptions('covariances1d', given, rules, ['length', 'scales'])
  const { backend = reference, length } = checked
  const options = complete1d({ ...checked, maxOrder: 1, averaging: 'global', padding: 'periodic' }, 'covariances1d')
  const { sampleRate } = options
  const columns = signalAxis(options)
  const tree = signalPaths(options, filtersOf(options, columns, NEGLIGIBLE.float32).banks, null, halvings(length))
  return covariancesOf<Path1d>({
    backend,
    inputs: { noun: 'signal', size: [length] },
    bands: bandsOf<Path1d>(tree.all, {
      scaleOf: (band) => band.wavelets[0],
      isCoarser: (through, field) => field.octaves[0] < through.octaves[0],
      gridOf: (level) => [1, length / columns.step(level)],
    }),
    powers: signalBands(options),
    planFor: (dtype) => {
      const filters = filterList(filtersOf(options, columns, NEGLIGIBLE[dtype]).banks)
      const psi = (wavelet: number, level: number) => filters[wavelet].atLevel(level)
      return planOf({ dtype, backend, rows: oneRow, columns, tree, psi, phi: null })
    },
    described: (chain) => ({
      wavelets: chain.flatMap((band) => band.wavelets),
      octaves: chain.flatMap((band) => band.octaves),
      ...inUnits(
        chain.flatMap((band) => band.frequencies),
        chain.flatMap((band) => band.bandwidths),
        chain.reduce((sum, band) => sum + band.reach, 0),
        sampleRate,
      ),
    }),
  })
}
