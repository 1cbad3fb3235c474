// All of a transform that does not depend on the images: the grid, the bank, the paths, and the filters as arrays on the back end,
// for one element type.
import type { Backend, Buffer, RealDType, View } from '@scatterlab/tensor'
import type { SampledKernel, SpectralFilter } from '@scatterlab/tensor/operations'
import { realArray } from '@scatterlab/tensor'
import { type FilterBank2d, filterBank2d } from '@scatterlab/wavelets'
import type { CompleteOptions } from './options.ts'
import { type PathTree, pathTree } from './paths.ts'
import { type Axis, type Taps, axisOf, halvings, lowPassTaps, meanTaps } from './sampling.ts'

/** Below this share of a filter's peak values are left out: half of what each precision can tell apart. */
const NEGLIGIBLE: Record<RealDType, number> = { float32: 1e-7, float64: 1e-17 }
const NEGLIGIBLE_TAP: Record<RealDType, number> = { float32: 2e-7, float64: 1e-16 }

/** A transform, ready for images of one element type. */
export interface Plan {
  readonly dtype: RealDType
  readonly backend: Backend
  readonly rows: Axis
  readonly columns: Axis
  readonly tree: PathTree
  readonly bank: FilterBank2d
  /** ψ̂ of a wavelet on the grid of a level. */
  readonly psi: (wavelet: number, level: number) => SpectralFilter
  /** The averages at the kept samples, of moduli at a level. */
  readonly phi: (level: number) => { readonly rows: SampledKernel; readonly columns: SampledKernel }
  /** Gives the memory of the filters back. */
  readonly dispose: () => void
}

/** Builds the plan; filters go to the back end when they are first used, and stay. */
export function planOf(options: CompleteOptions, dtype: RealDType): Plan {
  const { backend, shape, scales, orientations, filters, averaging } = options
  const [rows, columns] = [axisOf(shape[0], options), axisOf(shape[1], options)]
  const grid = [rows.padded, columns.padded] as const
  const bank = filterBank2d({ ...filters, shape: grid, scales, orientations, threshold: NEGLIGIBLE[dtype] })
  const coarsest = Math.min(halvings(rows.padded), halvings(columns.padded))
  const held: Buffer[] = []
  const upload = (values: Float64Array, of: readonly number[]): View => {
    const data = realArray(dtype, values.length)
    data.set(values)
    const buffer = backend.adopt(data)
    held.push(buffer)
    return { buffer, dtype, shape: of, strides: [of[1], 1], offset: 0, imagStride: 0 }
  }
  const kernel = ({ starts, width, weights }: Taps): SampledKernel => ({
    starts,
    taps: upload(weights, [starts.length, width]),
  })
  const average = (axis: Axis, level: number, fourier: Float64Array): SampledKernel =>
    averaging === 'global'
      ? kernel(meanTaps(axis, level))
      : kernel(
          lowPassTaps(
            fourier,
            axis.kept.map((position) => position / 2 ** level),
            NEGLIGIBLE_TAP[dtype],
          ),
        )
  return {
    dtype,
    backend,
    rows,
    columns,
    bank,
    tree: pathTree(bank, options.maxOrder, coarsest),
    psi: memoised((wavelet, level) => {
      const box = bank.psi[wavelet].atLevel(level)
      return { values: upload(box.values, [box.rows, box.columns]), row: box.row, column: box.column }
    }),
    phi: memoised((level) => {
      const factors = bank.phi.atLevel(level)
      return { rows: average(rows, level, factors.rows), columns: average(columns, level, factors.columns) }
    }),
    dispose: () => held.splice(0).forEach((buffer) => backend.release(buffer)),
  }
}

function memoised<A extends readonly number[], T>(build: (...key: A) => T): (...key: A) => T {
  const kept = new Map<string, T>()
  return (...key) => {
    const name = key.join()
    const found = kept.get(name) ?? build(...key)
    kept.set(name, found)
    return found
  }
}
