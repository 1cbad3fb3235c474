// All that the cascade needs and that does not depend on the images: the grid, the paths, and the filters as arrays on the back
// end, for one element type. A signal is an image of one row.
import { type Backend, type Buffer, type RealDType, type View, realArray } from '@scatterlab/tensor'
import type { Factors, SampledKernel, SpectralFilter } from '@scatterlab/tensor/operations'
import type { Box } from '@scatterlab/wavelets'
import type { PathTree } from './paths.ts'
import { type Axis, type Taps, lowPassTaps, meanTaps } from './sampling.ts'

/** Below this share of a filter's peak values are left out: half of what each precision can tell apart. */
export const NEGLIGIBLE: Record<RealDType, number> = { float32: 1e-7, float64: 1e-17 }
/** The same of the taps of a low-pass. */
export const NEGLIGIBLE_TAP: Record<RealDType, number> = { float32: 2e-7, float64: 1e-16 }

/** A transform, ready for images of one element type. */
export interface Plan {
  readonly dtype: RealDType
  readonly backend: Backend
  readonly rows: Axis
  readonly columns: Axis
  readonly tree: PathTree
  /** ψ̂ of a wavelet on the grid of a level. */
  readonly psi: (wavelet: number, level: number) => SpectralFilter
  /** The averages at the kept samples, of moduli at a level. */
  readonly phi: (level: number) => { readonly rows: SampledKernel; readonly columns: SampledKernel }
  /** Height and width of the grid of a level. */
  readonly gridOf: (level: number) => readonly [height: number, width: number]
  /** How many times as high and wide the grid of a level is as that of a coarser one. */
  readonly factors: (level: number, coarser: number) => Factors
  /** Gives the memory of the filters back. */
  readonly dispose: () => void
}

/** The filters of a plan as numbers. */
export interface Filters {
  /** ψ̂ of a wavelet on its support, on the grid of a level. */
  readonly psi: (wavelet: number, level: number) => Box
  /** φ̂ on the grid of a level, a factor for each axis in the order of the discrete Fourier transform; null for means over the image. */
  readonly phi: ((level: number) => { readonly rows: Float64Array; readonly columns: Float64Array }) | null
}

/** What a plan is made of. */
export interface PlanParts extends Filters {
  readonly dtype: RealDType
  readonly backend: Backend
  readonly rows: Axis
  readonly columns: Axis
  readonly tree: PathTree
}

/** Builds the plan; filters go to the back end when they are first used, and stay. */
export function planOf({ dtype, backend, rows, columns, tree, psi, phi }: PlanParts): Plan {
  const held = holder(backend, dtype)
  const average = (axis: Axis, level: number, fourier: Float64Array | null): SampledKernel =>
    held.kernel(
      fourier === null
        ? meanTaps(axis, level)
        : lowPassTaps(
            fourier,
            axis.kept.map((position) => position / axis.step(level)),
            NEGLIGIBLE_TAP[dtype],
          ),
    )
  return {
    dtype,
    backend,
    rows,
    columns,
    tree,
    psi: memoised((wavelet, level) => held.filter(psi(wavelet, level))),
    phi: memoised((level) => {
      const factors = phi?.(level) ?? { rows: null, columns: null }
      return { rows: average(rows, level, factors.rows), columns: average(columns, level, factors.columns) }
    }),
    gridOf: (level) => [rows.padded / rows.step(level), columns.padded / columns.step(level)],
    factors: (level, coarser) => [rows.step(coarser) / rows.step(level), columns.step(coarser) / columns.step(level)],
    dispose: held.dispose,
  }
}

/** Takes filters and weights to a back end, and gives their memory back. */
export function holder(backend: Backend, dtype: RealDType) {
  const held: Buffer[] = []
  const upload = (values: Float64Array, of: readonly number[]): View => {
    const data = realArray(dtype, values.length)
    data.set(values)
    const buffer = backend.adopt(data)
    held.push(buffer)
    return { buffer, dtype, shape: of, strides: [of[1], 1], offset: 0, imagStride: 0 }
  }
  return {
    /** Rows of numbers. */
    rows: (values: Float64Array, of: readonly number[]): View => upload(values, of),
    filter: ({ values, rows, columns, row, column }: Box): SpectralFilter => ({
      values: upload(values, [rows, columns]),
      row,
      column,
    }),
    kernel: ({ starts, width, weights }: Taps): SampledKernel => ({
      starts,
      taps: upload(weights, [starts.length, width]),
    }),
    dispose: (): void => held.splice(0).forEach((buffer) => backend.release(buffer)),
  }
}

/** A function of whole numbers that computes each value once. */
export function memoised<A extends readonly number[], T>(build: (...key: A) => T): (...key: A) => T {
  const kept = new Map<string, T>()
  return (...key) => {
    const name = key.join()
    const found = kept.get(name) ?? build(...key)
    kept.set(name, found)
    return found
  }
}
