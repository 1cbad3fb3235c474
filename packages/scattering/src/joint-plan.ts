// All that joint scattering needs and that does not depend on the signals: the grids, the filters in time and along log-frequency, as
// arrays on the back end, for one element type; and the memory of a group of signals.
import type { Backend, Buffer, RealDType, View } from '@scatterlab/tensor'
import type { SampledKernel, SpectralFilter } from '@scatterlab/tensor/operations'
import { filterBank1d, lowPass1d, toGrid } from '@scatterlab/wavelets'
import { oneRow } from './axis-1d.ts'
import type { CompleteJointOptions } from './joint-options.ts'
import type { Block, FrequencyFilters } from './joint-paths.ts'
import { type Plan, NEGLIGIBLE, NEGLIGIBLE_TAP, holder, memoised, planOf } from './plan.ts'
import type { PathTree } from './paths.ts'
import { type Axis, type Taps, inside, lowPassTaps, meanTaps } from './sampling.ts'
import { filterList, filtersOf } from './scattering-1d.ts'

/** A joint transform, ready for signals of one element type. */
export interface JointPlan {
  readonly dtype: RealDType
  readonly backend: Backend
  /** The plan of the filters in time, whose averages are those of `averages`. */
  readonly time: Plan
  /** Index among the filters in time of the first wavelet of order 2. */
  readonly second: number
  readonly blocks: readonly Block[]
  /** Levels of the moduli of the first order, and of the fields of each wavelet in time. */
  readonly firstLevels: readonly number[]
  readonly secondLevel: (wavelet: number) => number
  /** Points along log-frequency. */
  readonly frequencies: number
  /** ψ̂ along log-frequency. */
  readonly frequencyPsi: (filter: number) => SpectralFilter
  /** Averages in time at the kept samples, of moduli at a level. */
  readonly timeAverage: (level: number) => SampledKernel
  /** Averages S1 of the first order, of moduli at a level: windows where nothing is averaged too; and how many samples they give. */
  readonly firstAverage: (level: number) => SampledKernel
  readonly firstSamples: number
  /** The samples of S1 as they are. */
  readonly same: SampledKernel
  /** Rows that are kept of a block, averaged along log-frequency. */
  readonly frequencyAverage: (block: number) => SampledKernel
  /** The one row of a signal. */
  readonly one: SampledKernel
  readonly dispose: () => void
}

/** The filters along log-frequency: φ of width 2^J_fr, then wavelets of both spins. */
export function frequencyFilters(
  { frequencies, frequencyScales, frequencyWaveletsPerOctave }: CompleteJointOptions,
  threshold: number,
): FrequencyFilters {
  const { psi, phi } = filterBank1d({
    length: frequencies,
    scales: frequencyScales,
    waveletsPerOctave: frequencyWaveletsPerOctave,
    spins: 'both',
    threshold,
  })
  return { filters: [phi, ...psi] }
}

/** Builds the plan; filters go to the back end when they are first used, and stay. */
export function jointPlan(
  options: CompleteJointOptions,
  columns: Axis,
  blocks: readonly Block[],
  dtype: RealDType,
): JointPlan {
  const { time, frequencies, frequencyAveraging } = options
  const { backend, averaged, log2Stride } = time
  const { banks, phi } = filtersOf(time, columns, NEGLIGIBLE[dtype])
  const filters = filterList(banks)
  const [first, second] = [banks[0].psi, banks[1].psi]
  const along = frequencyFilters(options, NEGLIGIBLE[dtype])
  const low = lowPass1d({ length: frequencies, averaging: frequencyAveraging })
  const held = holder(backend, dtype)
  const levelOf = (j: number): number => (averaged === 'window' ? Math.min(j, log2Stride) : j)
  const plan = planOf({
    dtype,
    backend,
    rows: oneRow,
    columns,
    tree: NO_PATHS,
    psi: (wavelet, level) => filters[wavelet].atLevel(level),
    phi: (level) => ({ rows: Float64Array.of(1), columns: toGrid(phi.atLevel(level)) }),
  })
  const keep = (count: number, first = 0): SampledKernel => held.kernel(same(first, count))
  const sampledAt = (level: number): SampledKernel => {
    if (averaged === 'window') return plan.phi(level).columns
    if (averaged === 'global') return held.kernel(meanTaps(columns, level))
    const { first: start, count } = inside(columns, level)
    return keep(count, start)
  }
  const frequencyAverage = ({ averaged: how, level, kept, stride }: Block): SampledKernel => {
    const rows = frequencies / 2 ** level
    if (how === 'global') return held.kernel(mean(rows))
    if (how === 'none') return keep(kept)
    const places = Array.from({ length: kept }, (_, i) => (i * stride) / 2 ** level)
    return held.kernel(lowPassTaps(toGrid(low.atLevel(level)), places, NEGLIGIBLE_TAP[dtype]))
  }
  const timeAverage = memoised(sampledAt)
  const firstSamples = averaged === 'global' ? 1 : columns.kept.length
  return {
    dtype,
    backend,
    time: plan,
    second: banks[1].first,
    blocks,
    firstLevels: first.map(({ j }) => levelOf(j)),
    secondLevel: (wavelet) => levelOf(second[wavelet].j),
    frequencies,
    frequencyPsi: memoised((filter) => held.filter(along.filters[filter].atLevel(0))),
    timeAverage,
    firstAverage: averaged === 'global' ? timeAverage : (level) => plan.phi(level).columns,
    firstSamples,
    same: keep(firstSamples),
    frequencyAverage: memoised((block) => frequencyAverage(blocks[block])),
    one: keep(1),
    dispose: () => {
      held.dispose()
      plan.dispose()
    },
  }
}

const NO_PATHS: PathTree = {
  root: { index: 0, order: 0, parent: -1, wavelet: -1, level: 0, children: [] },
  all: [],
}

/** `count` samples as they are. */
const same = (first: number, count: number): Taps => ({
  starts: Int32Array.from({ length: count }, (_, i) => first + i),
  width: 1,
  weights: new Float64Array(count).fill(1),
})

/** The mean over all samples of a line. */
const mean = (length: number): Taps => ({
  starts: Int32Array.of(0),
  width: length,
  weights: new Float64Array(length).fill(1 / length),
})

/** Arrays of a group of signals by name: rows of real numbers, or of complex ones, real parts first, signals innermost. */
export interface JointMemory {
  readonly real: (name: string, rows: number, columns: number) => View
  readonly complex: (name: string, rows: number, columns: number) => View
  /** Half a spectrum of one row of so many samples. */
  readonly spectrum: (name: string, samples: number) => View
  /** Sets an array anew that begins as zeros; what had its name before must not be used any more. */
  readonly zeros: (kind: 'real' | 'complex', name: string, rows: number, columns: number) => View
  /** Complex rows, cut into pieces of a few samples that lie by themselves, so that fibres along rows stay in the caches. */
  readonly tiled: (name: string, rows: number, columns: number, content: 'any' | 'zeros') => Tiled
  readonly release: () => void
}

/** Complex rows in pieces. */
export interface Tiled {
  /** Each piece: [signals, rows, samples of the piece]. */
  readonly tiles: readonly View[]
  /** One row as [signals, pieces, samples of a piece]. */
  readonly row: (row: number) => View
  /** The same of a row of samples in one run, as `complex` gives it. */
  readonly cut: (line: View) => View
}

/** Samples of a piece. */
const TILE = 64

/** Rows of so many samples are set apart. */
const LONG_ROW = 64

/** Memory of a group of `count` signals. */
export function jointMemory({ backend, dtype }: JointPlan, count: number): JointMemory {
  const buffers = new Map<string, Buffer>()
  const buffer = (name: string, length: number, content: 'any' | 'zeros' = 'any'): Buffer => {
    const found = buffers.get(name)
    if (found && found.length >= length && content === 'any') return found
    if (found) backend.release(found)
    const made = backend.allocate(dtype, length, content)
    buffers.set(name, made)
    return made
  }
  // rows a power of two apart would lie in few sets of the caches
  const pitch = (columns: number): number => count * (columns + (columns >= LONG_ROW ? 8 : 0))
  const complexType = dtype === 'float32' ? ('complex64' as const) : ('complex128' as const)
  const memory: JointMemory = {
    real: (name, rows, columns) => ({
      buffer: buffer(name, rows * pitch(columns)),
      dtype,
      shape: [count, rows, columns],
      strides: [1, pitch(columns), count],
      offset: 0,
      imagStride: 0,
    }),
    zeros(kind, name, rows, columns) {
      buffer(name, (kind === 'real' ? 1 : 2) * rows * pitch(columns), 'zeros')
      return memory[kind](name, rows, columns)
    },
    complex: (name, rows, columns) => ({
      buffer: buffer(name, 2 * rows * pitch(columns)),
      dtype: complexType,
      shape: [count, rows, columns],
      strides: [1, 2 * pitch(columns), count],
      offset: 0,
      imagStride: pitch(columns),
    }),
    tiled(name, rows, columns, content) {
      const width = columns % TILE === 0 ? TILE : columns
      const pieces = columns / width
      const row = 2 * count * width + 4 * count
      const held = buffer(name, pieces * rows * row, content)
      const from = { buffer: held, dtype: complexType, imagStride: count * width }
      return {
        tiles: Array.from({ length: pieces }, (_, i) => ({
          ...from,
          shape: [count, rows, width],
          strides: [1, row, count],
          offset: i * rows * row,
        })),
        row: (y) => ({ ...from, shape: [count, pieces, width], strides: [1, rows * row, count], offset: y * row }),
        cut: (line) => ({ ...line, shape: [count, pieces, width], strides: [1, count * width, count] }),
      }
    },
    spectrum(name, samples) {
      const half = Math.floor(samples / 2) + 1
      return {
        buffer: buffer(name, 2 * count * half),
        dtype: complexType,
        shape: [count, 1, half],
        strides: [1, 2 * count * half, 2 * count],
        offset: 0,
        imagStride: count,
      }
    },
    release: () => {
      for (const held of buffers.values()) backend.release(held)
    },
  }
  return memory
}

/** Rows first … end − 1 of an array. */
export const rowsOf = (view: View, first: number, end: number): View => ({
  ...view,
  shape: [view.shape[0], end - first, view.shape[2]],
  offset: view.offset + first * view.strides[1],
})

/** Columns first … end − 1 of an array. */
export const columnsFrom = (view: View, first: number, end: number): View => ({
  ...view,
  shape: [view.shape[0], view.shape[1], end - first],
  offset: view.offset + first * view.strides[2],
})

/** An array [signals, rows, columns] as fibres along its rows: [columns · signals, 1, rows]. */
export function fibres(view: View): View {
  const [count, rows, columns] = view.shape
  return { ...view, shape: [count * columns, 1, rows], strides: [1, rows * view.strides[1], view.strides[1]] }
}

/** A half spectrum along the rows of a real array, of which it has as many fibres. */
export function fibreSpectrum(memory: JointMemory, name: string, rows: number, columns: number): View {
  const half = Math.floor(rows / 2) + 1
  return fibres(memory.complex(name, half, columns))
}
