// The paths of joint time–frequency scattering, and the blocks in which they are computed: one block for a joint wavelet, with a row
// for each log-frequency that is kept.
import type { Filter1d } from '@scatterlab/wavelets'
import type { CompleteJointOptions } from './joint-options.ts'
import type { AnyPath } from './paths.ts'

/**
 * A path of joint time–frequency scattering. Order 1: |S1 ⋆ ψ_fr| along log-frequency; order 2: |U1 ⋆ (ψ_λ2 ⊗ ψ_fr)| in time and
 * log-frequency; both averaged.
 */
export interface TimeFrequencyPath extends AnyPath {
  /** Index n2 of the wavelet in time; null at orders 0 and 1. */
  readonly wavelet: number | null
  /** Index n_fr of the filter along log-frequency, 0 of the low-pass; null at order 0. */
  readonly frequencyWavelet: number | null
  /** 1: energy that rises in frequency, −1: that falls, as time goes on, by the signs of both wavelets; 0 of the low-pass. */
  readonly spin: -1 | 0 | 1 | null
  /** Index n1 of the first-order wavelet where the path stands, in format `time`; of every row in format `joint`. */
  readonly firstOrder: number | readonly number[] | null
  /** Centre frequency of the wavelet in time, cycles per sample; in hertz where there is a sample rate. */
  readonly frequency: number | null
  /** `frequency` times the sample rate; null where there is none. */
  readonly hertz: number | null
  /** Centre frequency along log-frequency, cycles per octave, signed. */
  readonly quefrency: number | null
}

/** One joint wavelet: what is computed at once. */
export interface Block {
  readonly order: 0 | 1 | 2
  /** Index n2 of the wavelet in time, and how many first-order wavelets it follows; null at orders 0 and 1. */
  readonly wavelet: number | null
  readonly rows: number
  /** Index n_fr of the filter along log-frequency. */
  readonly filter: number
  readonly spin: -1 | 0 | 1
  /** log2 of the subsampling before the average along log-frequency. */
  readonly level: number
  /** Whether it is averaged along log-frequency: the low-pass has done that already. */
  readonly averaged: 'window' | 'global' | 'none'
  /** First-order wavelets between the rows that are kept, and how many rows. */
  readonly stride: number
  readonly kept: number
}

/** A filter along log-frequency: the low-pass of width 2^J_fr, then the wavelets of both spins. */
export interface FrequencyFilters {
  readonly filters: readonly Filter1d[]
}

/** All blocks in kymatio's order: order 0; order 1 with the spins 0 and 1; order 2 by wavelet in time, then by filter. */
export function blocksOf(
  options: CompleteJointOptions,
  first: readonly Filter1d[],
  second: readonly Filter1d[],
  { filters }: FrequencyFilters,
): Block[] {
  const list: Block[] = []
  const add = (order: 1 | 2, wavelet: number | null, rows: number): void => {
    filters.forEach((psi, filter) => {
      const spin = Math.sign(psi.xi) as -1 | 0 | 1
      if (order === 1 && spin < 0) return
      list.push({ order, wavelet, rows, filter, spin, ...sampled(options, psi, spin, rows) })
    })
  }
  if (options.format === 'time')
    list.push({ order: 0, wavelet: null, rows: 1, filter: 0, spin: 0, level: 0, averaged: 'none', stride: 1, kept: 1 })
  add(1, null, first.length)
  second.forEach(({ j }, wavelet) => {
    const rows = first.findIndex((psi) => psi.j >= j)
    if (rows !== 0) add(2, wavelet, rows < 0 ? first.length : rows)
  })
  return list
}

/** How a filter's result is subsampled, averaged and kept along log-frequency. */
function sampled(
  { frequencyAveraged, frequencyScales, log2FrequencyStride, format, frequencies }: CompleteJointOptions,
  psi: Filter1d,
  spin: number,
  rows: number,
): Pick<Block, 'level' | 'averaged' | 'stride' | 'kept'> {
  const j = spin === 0 ? frequencyScales : psi.j
  const level = frequencyAveraged === 'window' ? Math.min(j, log2FrequencyStride) : j
  // the low-pass has averaged already; but in format `joint` all blocks must have the same rows
  const isCoarser = frequencyAveraged === 'global' || log2FrequencyStride > frequencyScales
  const averaged = spin === 0 && !(format === 'joint' && isCoarser) ? 'none' : frequencyAveraged
  if (averaged === 'global') return { level, averaged, stride: rows, kept: 1 }
  const stride = 2 ** (averaged === 'window' ? log2FrequencyStride : level)
  const span = format === 'joint' ? frequencies : rows
  return { level, averaged, stride, kept: Math.ceil(span / stride) }
}

/** What the paths of a transform mean, row by row in format `time`, block by block in format `joint`. */
export function jointPaths(
  { format, time: { sampleRate, waveletsPerOctave } }: CompleteJointOptions,
  blocks: readonly Block[],
  second: readonly Filter1d[],
  { filters }: FrequencyFilters,
): TimeFrequencyPath[] {
  const TURN = 2 * Math.PI
  const list: TimeFrequencyPath[] = []
  for (const { order, wavelet, filter, spin, stride, kept } of blocks) {
    const frequency = wavelet === null ? null : second[wavelet].xi / TURN
    const path = {
      order,
      parent: order === 0 ? -1 : 0,
      wavelet,
      frequencyWavelet: order === 0 ? null : filter,
      spin: order === 0 ? null : spin,
      frequency,
      hertz: frequency === null || sampleRate === null ? null : frequency * sampleRate,
      quefrency: order === 0 ? null : (filters[filter].xi / TURN) * waveletsPerOctave[0],
    }
    const places = Array.from({ length: kept }, (_, row) => row * stride)
    if (format === 'joint') list.push({ ...path, index: list.length, firstOrder: places })
    else for (const n1 of places) list.push({ ...path, index: list.length, firstOrder: order === 0 ? null : n1 })
  }
  return list
}
