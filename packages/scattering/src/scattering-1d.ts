// The wavelet scattering transform of signals: a declaration over the cascade, in which a signal is an image of one row.
import type { ShapedArray } from '@scatterlab/tensor'
import { type Filter1d, type FilterBank1d, filterBank1d, toGrid } from '@scatterlab/wavelets'
import { oneRow, signalAxis } from './axis-1d.ts'
import { cascadeOf } from './cascade-groups.ts'
import { type CompleteOptions1d, type Scattering1dOptions, complete1d } from './options-1d.ts'
import { type OrderBank, type Path1d, signalPaths } from './paths-1d.ts'
import { NEGLIGIBLE, planOf } from './plan.ts'
import { type Axis, halvings, inside } from './sampling.ts'
import { type Scattering, scattering } from './transform.ts'

/** The coefficients of one path, for every signal. */
export interface PathCoefficients1d extends ShapedArray {
  /** Which path it is: its wavelets and frequencies. */
  readonly path: Path1d
  /** Distance of neighbouring coefficients, in samples; 0 of means over the signal. */
  readonly step: number
  /** Position of the first coefficient on the signal, in samples. */
  readonly origin: number
}

/** A scattering transform of signals of one length. */
export interface Scattering1d extends Scattering<Path1d, PathCoefficients1d> {
  /** What it was made with. */
  readonly options: Scattering1dOptions
  /** Shape of one signal's coefficients: [paths, samples]. */
  readonly outputShape: readonly [paths: number, samples: number]
}

/** Signals are computed one by one where every grid is a multiple of so many points; others are faster side by side. */
const LINE_UNIT = 32

/**
 * Wavelet scattering of signals (Andén & Mallat 2014), to any order and of any length. Filters and paths are made once. Throws
 * `ValueError` naming the option, its value and the fix.
 *
 * @example scattering1d({ length: 8192, scales: 8, waveletsPerOctave: 8 }).transform({ data, shape: [100, 8192] })
 */
export function scattering1d(given: Scattering1dOptions): Scattering1d {
  const options = complete1d(given)
  const { backend, length, averaged, log2Stride } = options
  const columns = signalAxis(options)
  const { banks, phi } = filtersOf(options, columns, NEGLIGIBLE.float32)
  const isWindow = averaged === 'window'
  const tree = signalPaths(options, banks, isWindow ? phi : null, halvings(columns.padded))
  const kept = isWindow ? columns.kept.length : 1
  const outputShape = [tree.all.length, kept] as const
  const parts = tree.all.map(({ level }) => inside(columns, level))
  const shortest = tree.all.reduce((least, { level }) => Math.min(least, columns.padded / 2 ** level), Infinity)
  const transform = scattering<Path1d, PathCoefficients1d>({
    backend,
    ...(shortest % LINE_UNIT === 0 && backend.signalLanes !== undefined && { lanes: backend.signalLanes }),
    inputs: { noun: 'signal', size: [length] },
    paths: tree.all,
    outputShape: averaged === 'none' ? null : outputShape,
    averages: {
      sizes: tree.all.map(() => [1, kept]),
      entry: (index) => ({
        path: tree.all[index],
        step: isWindow ? 2 ** log2Stride : 0,
        origin: isWindow ? columns.kept[0] - columns.start : 0,
      }),
    },
    moduli: {
      sizes: parts.map(({ count }) => [1, count]),
      entry: (index) => {
        const step = 2 ** tree.all[index].level
        return { path: tree.all[index], step, origin: parts[index].first * step - columns.start }
      },
    },
    shapeOf: ([, samples]) => [samples],
    prepare: (dtype) => {
      const { banks: own, phi: low } = filtersOf(options, columns, NEGLIGIBLE[dtype])
      const filters = filterList(own)
      return cascadeOf(
        planOf({
          dtype,
          backend,
          rows: oneRow,
          columns,
          tree,
          psi: (wavelet, level) => filters[wavelet].atLevel(level),
          phi: isWindow ? (level) => ({ rows: Float64Array.of(1), columns: toGrid(low.atLevel(level)) }) : null,
        }),
      )
    },
  })
  return { ...transform, options: given, outputShape }
}

/** The wavelets of each order, and the low-pass. Orders with equally many wavelets per octave have one bank. */
export function filtersOf(
  { scales, waveletsPerOctave, averaging, filters }: CompleteOptions1d,
  { padded: length }: Axis,
  threshold: number,
): { readonly banks: readonly OrderBank[]; readonly phi: Filter1d } {
  const made = new Map<number, { bank: FilterBank1d; first: number }>()
  let first = 0
  const banks = waveletsPerOctave.map((Q) => {
    let known = made.get(Q)
    if (known === undefined) {
      const bank = filterBank1d({ ...filters, length, scales, waveletsPerOctave: Q, averaging, threshold })
      made.set(Q, (known = { bank, first }))
      first += bank.psi.length
    }
    return { psi: known.bank.psi, first: known.first }
  })
  return { banks, phi: made.get(waveletsPerOctave[0])!.bank.phi }
}

/** Every filter once, each bank from its first index on. */
export function filterList(banks: readonly OrderBank[]): Filter1d[] {
  const list: Filter1d[] = []
  for (const { psi, first } of banks) psi.forEach((filter, n) => (list[first + n] = filter))
  return list
}
