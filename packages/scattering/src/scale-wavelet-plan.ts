// What wavelets along log-scale need beside the plan of roto-translation scattering: the filters along scales as matrices on real and
// imaginary parts, those along angles in Fourier, windows; and fields as fibres over angles and scales.
import type { RealDType, View } from '@scatterlab/tensor'
import type { SampledKernel, SpectralFilter } from '@scatterlab/tensor/operations'
import { type AngularBank, type Filter1d, type FilterBank1d, filterBank1d, toGrid } from '@scatterlab/wavelets'
import { holder, memoised } from './plan.ts'
import type { CompleteScaleWavelets } from './roto-translation-options.ts'
import { type AngularWindows, type FibreBand, fibreBands } from './roto-translation-paths.ts'
import type { Memory, RotoTranslationPlan } from './roto-translation-plan.ts'
import type { Taps } from './sampling.ts'

/** Roto-translation scattering with wavelets along scales, ready for images of one element type. */
export interface ScaleWaveletPlan extends RotoTranslationPlan {
  readonly bands: readonly FibreBand[]
  /** The low-pass (null) or a wavelet along angles. */
  readonly alongAngles: (k: number | null) => SpectralFilter
  /** The low-pass (null) or a wavelet along so many scales: of their real, then imaginary parts. */
  readonly alongScales: (s: number | null, scales: number) => SampledKernel
  /** Windows over the angles of a turn, of the first order (1) and the second (2). */
  readonly overAngles: (order: number) => SampledKernel
  readonly windowsOf: (order: number) => number
  /** The angles of a turn as they are, and the one row of a fibre. */
  readonly angles: SampledKernel
  readonly one: SampledKernel
}

/**
 * The Morlets along log-scale, of both signs, on a periodic grid that holds J scales and zeros on which nothing that is kept is felt
 * around the grid's end.
 */
export const scaleWaveletBank = (options: CompleteScaleWavelets, J: number, threshold: number): FilterBank1d => {
  const longest = 2 ** options.scales
  const length = (Math.ceil(J / longest) + 8) * longest
  return filterBank1d({ ...options, length, spins: 'both', convention: 'exact', threshold })
}

/** Adds them to a plan. */
export function scaleWaveletPlan(
  plan: RotoTranslationPlan,
  angular: AngularBank,
  alongScales: FilterBank1d,
  windows: readonly [first: AngularWindows, second: AngularWindows],
): ScaleWaveletPlan {
  const held = holder(plan.backend, plan.dtype)
  const bands = fibreBands(angular, alongScales)
  const ofAngles = memoised((k) => held.filter((k < 0 ? angular.phi : angular.psi[k]).atLevel(0)))
  const ofScales = memoised((s, n) => held.kernel(convolution(s < 0 ? alongScales.phi : alongScales.psi[s], n)))
  return {
    ...plan,
    bands,
    pathsOf: (order) => bands.length * windows[order - 1].weights.length,
    windowsOf: (order) => windows[order - 1].weights.length,
    alongAngles: (k) => ofAngles(k ?? LOW_PASS),
    alongScales: (s, n) => ofScales(s ?? LOW_PASS, n),
    overAngles: memoised((order) => held.kernel(matrix(windows[order - 1].weights))),
    angles: held.kernel({
      starts: Int32Array.from({ length: 2 * plan.orientations }, (_, theta) => theta),
      width: 1,
      weights: new Float64Array(2 * plan.orientations).fill(1),
    }),
    one: held.kernel(matrix([[1]])),
    dispose: () => {
      held.dispose()
      plan.dispose()
    },
  }
}

const LOW_PASS = -1

const matrix = (rows: readonly ArrayLike<number>[]): Taps => ({
  starts: new Int32Array(rows.length),
  width: rows[0].length,
  weights: Float64Array.from(rows.flatMap((row) => Array.from(row))),
})

/** z_j ← Σ_i h(j − i) z_i of n complex numbers, zeros beyond them: a matrix on the real parts and, after them, the imaginary ones. */
function convolution(filter: Filter1d, n: number): Taps {
  const fourier = toGrid(filter.atLevel(0))
  const h = (part: (angle: number) => number, d: number): number =>
    fourier.reduce((sum, value, m) => sum + value * part((2 * Math.PI * m * d) / fourier.length), 0) / fourier.length
  const rowOf = (j: number, parts: readonly ((d: number) => number)[]): number[] =>
    parts.flatMap((part) => Array.from({ length: n }, (_, i) => part(j - i)))
  const [re, im] = [(d: number) => h(Math.cos, d), (d: number) => h(Math.sin, d)]
  const ofParts = [
    [re, (d: number) => -im(d)],
    [im, re],
  ]
  return matrix(ofParts.flatMap((parts) => Array.from({ length: n }, (_, j) => rowOf(j, parts))))
}

/** Fields over the angles of a turn and some scales, images innermost: a fibre at every point. */
export interface Fibres {
  /** The field of an angle and a scale, complex, or its real part: [images, height, width]. */
  readonly at: (theta: number, j: number) => View
  readonly realAt: (theta: number, j: number) => View
  /** Lines along angles, complex: [images · points · scales, 1, 2L]. */
  readonly alongAngles: View
  /** Real and imaginary parts of all scales against angles: [images · points, 2 · scales, 2L]. */
  readonly alongScales: View
}

/** Memory for such fields. */
export function fibresOf(
  { dtype, orientations }: RotoTranslationPlan,
  memory: Memory,
  name: string,
  scales: number,
  [height, width]: readonly [number, number],
  content: 'any' | 'zeros' = 'any',
): Fibres {
  const { count } = memory
  const points = count * height * width
  const pitch = scales * points
  const step = 2 * pitch + APART
  const turn = 2 * orientations
  const buffer = content === 'any' ? memory.buffer(name, turn * step) : memory.zeros(name, turn * step)
  const real = { buffer, dtype, imagStride: 0 }
  const complex = { buffer, dtype: complexOf(dtype), imagStride: pitch }
  const field = (theta: number, j: number) => ({
    shape: [count, height, width],
    strides: [1, count * width, count],
    offset: theta * step + j * points,
  })
  return {
    at: (theta, j) => ({ ...complex, ...field(theta, j) }),
    realAt: (theta, j) => ({ ...real, ...field(theta, j) }),
    alongAngles: { ...complex, shape: [pitch, 1, turn], strides: [1, turn * step, step], offset: 0 },
    alongScales: { ...real, shape: [points, 2 * scales, turn], strides: [1, points, step], offset: 0 },
  }
}

/** Real fields of some rows over angles, and scales. */
export interface Rows {
  readonly at: (row: number, j: number) => View
  /** [images · points · scales, 1, rows]. */
  readonly all: View
}

/** Memory for such fields. */
export function rowsOf(
  { dtype }: RotoTranslationPlan,
  memory: Memory,
  name: string,
  rows: number,
  scales: number,
  [height, width]: readonly [number, number],
): Rows {
  const { count } = memory
  const points = count * height * width
  const step = scales * points + APART
  const base = { buffer: memory.buffer(name, rows * step), dtype, imagStride: 0 }
  return {
    at: (row, j) => ({
      ...base,
      shape: [count, height, width],
      strides: [1, count * width, count],
      offset: row * step + j * points,
    }),
    all: { ...base, shape: [scales * points, 1, rows], strides: [1, rows * step, step], offset: 0 },
  }
}

/** Numbers between rows, which would else lie a power of two apart, in few sets of the caches. */
const APART = 16

const complexOf = (dtype: RealDType) => (dtype === 'float32' ? ('complex64' as const) : ('complex128' as const))
