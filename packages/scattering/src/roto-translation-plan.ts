// What roto-translation scattering needs and does not depend on images: grids, filters of all 2L directions, windows; on the back end,
// for one element type. And the memory of a group of images.
import type { Backend, Buffer, RealDType, View } from '@scatterlab/tensor'
import type { Factors, FibreFilters, SampledKernel, SpectralFilter } from '@scatterlab/tensor/operations'
import { type AngularBank, type Box, type FilterBank2d, toGrid } from '@scatterlab/wavelets'
import type { CentredAxis } from './centred-axis.ts'
import { NEGLIGIBLE_TAP, holder, memoised } from './plan.ts'
import type { AngularWindows, RotoTranslationTree } from './roto-translation-paths.ts'
import { lowPassTaps } from './sampling.ts'

/** A transform, ready for images of one element type. */
export interface RotoTranslationPlan {
  readonly dtype: RealDType
  readonly backend: Backend
  readonly rows: CentredAxis
  readonly columns: CentredAxis
  readonly tree: RotoTranslationTree
  /** L: how many angles half a turn has. */
  readonly orientations: number
  /** Each pixel where it is: takes images into lanes. */
  readonly pixels: { readonly rows: Int32Array; readonly columns: Int32Array }
  /** From pixels to the grid. */
  readonly extension: { readonly rows: SampledKernel; readonly columns: SampledKernel }
  /** ψ̂ of a scale in one of 2L directions, on the grid of a level. */
  readonly psi: (scale: number, direction: number, level: number) => SpectralFilter
  /** The averages in space, of moduli at a level. */
  readonly phi: (level: number) => { readonly rows: SampledKernel; readonly columns: SampledKernel }
  /** Filters and windows along angles, of the first order (1) and the second (2). */
  readonly fibre: (order: number) => FibreFilters
  /** How many paths one fibre gives. */
  readonly pathsOf: (order: number) => number
  readonly kept: readonly [rows: number, columns: number]
  readonly gridOf: (level: number) => readonly [height: number, width: number]
  readonly factor: (level: number, coarser: number) => Factors
  readonly dispose: () => void
}

/** What a plan is made of. */
export interface RotoTranslationPlanParts {
  readonly dtype: RealDType
  readonly backend: Backend
  readonly rows: CentredAxis
  readonly columns: CentredAxis
  readonly tree: RotoTranslationTree
  readonly bank: FilterBank2d
  readonly angular: AngularBank
  readonly windows: readonly [first: AngularWindows, second: AngularWindows]
  readonly isGlobal: boolean
}

/** Builds the plan; filters go to the back end when they are first used, and stay. */
export function rotoTranslationPlan(parts: RotoTranslationPlanParts): RotoTranslationPlan {
  const { dtype, backend, rows, columns, tree, bank, angular, windows, isGlobal } = parts
  const L = bank.options.orientations
  const held = holder(backend, dtype)
  const average = (axis: CentredAxis, level: number, fourier: Float64Array): SampledKernel => {
    const { first, count } = axis.inside(level)
    const mean = { starts: Int32Array.of(first), width: count, weights: new Float64Array(count).fill(1 / count) }
    const positions = axis.kept.map((position) => position / 2 ** level)
    return held.kernel(isGlobal ? mean : lowPassTaps(fourier, positions, NEGLIGIBLE_TAP[dtype]))
  }
  // of the first order the low-pass is left to the windows: moduli are not negative
  const whole = new Float64Array(2 * L).fill(1)
  const wavelets = angular.psi.map((psi) => toGrid(psi.atLevel(0)))
  const lowPasses = [whole, toGrid(angular.phi.atLevel(0))]
  const rowsOf = (list: readonly Float64Array[]): View =>
    held.rows(Float64Array.from(list.flatMap((row) => [...row])), [list.length, 2 * L])
  return {
    dtype,
    backend,
    rows,
    columns,
    tree,
    orientations: L,
    pixels: {
      rows: Int32Array.from({ length: rows.length }, (_, i) => i),
      columns: Int32Array.from({ length: columns.length }, (_, i) => i),
    },
    extension: { rows: held.kernel(rows.extension), columns: held.kernel(columns.extension) },
    psi: memoised((scale, direction, level) => {
      const box = bank.psi[scale * L + (direction % L)].atLevel(level)
      return held.filter(direction < L ? box : opposite(box))
    }),
    phi: memoised((level) => {
      const low = bank.phi.atLevel(level)
      return { rows: average(rows, level, low.rows), columns: average(columns, level, low.columns) }
    }),
    fibre: memoised((order) => ({
      filters: rowsOf([lowPasses[order - 1], ...wavelets]),
      windows: rowsOf(windows[order - 1].weights),
    })),
    pathsOf: (order) => (1 + wavelets.length) * windows[order - 1].weights.length,
    kept: isGlobal ? [1, 1] : [rows.kept.length, columns.kept.length],
    gridOf: (level) => [rows.padded / 2 ** level, columns.padded / 2 ** level],
    factor: (level, coarser) => [2 ** (coarser - level), 2 ** (coarser - level)],
    dispose: held.dispose,
  }
}

/** ψ̂(−k): the wavelet turned by π, which is its conjugate in space. */
function opposite({ grid, row, column, rows, columns, values }: Box): Box {
  return { grid, rows, columns, row: -(row + rows - 1), column: -(column + columns - 1), values: values.toReversed() }
}

/** Fields that follow each other, images innermost: a fibre at every point. */
export interface Stack {
  /** Field number i: [images, height, width]. */
  readonly at: (i: number) => View
  /** All of them: [images, fields, points]. */
  readonly fibre: View
}

/** The memory of a group of `count` images, by name; given back at once. */
export interface Memory {
  /** Images side by side. */
  readonly count: number
  /** Numbers in one run. */
  buffer(name: string, length: number): Buffer
  /** The same anew, zeros at first; what had the name before must not be used any more. */
  zeros(name: string, length: number): Buffer
  real(name: string, fields: number, size: readonly [number, number]): Stack
  complex(name: string, fields: number, size: readonly [number, number]): Stack
  release(): void
}

/** Makes memory as it is needed. */
export function memoryOf(backend: Backend, dtype: RealDType, count: number): Memory {
  const buffers = new Map<string, Buffer>()
  const made = (name: string, length: number, content: 'any' | 'zeros'): Buffer => {
    const before = buffers.get(name)
    if (before) backend.release(before)
    const buffer = backend.allocate(dtype, length, content)
    buffers.set(name, buffer)
    return buffer
  }
  const buffer = (name: string, length: number): Buffer => {
    const found = buffers.get(name)
    return found && found.length >= length ? found : made(name, length, 'any')
  }
  const stack = (name: string, fields: number, [height, width]: readonly [number, number], parts: 1 | 2): Stack => {
    const step = parts * count
    // one element more: fields a multiple of a page apart would all lie in the same few sets of the cache
    const field = (height * width + 1) * step
    const base = {
      buffer: buffer(name, fields * field),
      dtype: parts === 1 ? dtype : dtype === 'float32' ? ('complex64' as const) : ('complex128' as const),
      imagStride: parts === 1 ? 0 : count,
    }
    return {
      at: (i) => ({
        ...base,
        shape: [count, height, width],
        strides: [1, step * width, step],
        offset: i * field,
      }),
      fibre: { ...base, shape: [count, fields, height * width], strides: [1, field, step], offset: 0 },
    }
  }
  return {
    count,
    buffer,
    zeros: (name, length) => made(name, length, 'zeros'),
    real: (name, fields, size) => stack(name, fields, size, 1),
    complex: (name, fields, size) => stack(name, fields, size, 2),
    release: () => {
      for (const held of buffers.values()) backend.release(held)
      buffers.clear()
    },
  }
}

/**
 * Computes a group part by part, of as few images as the back end has lanes: the fields of all angles of a part stay in the cache. `body` gets
 * how many images are side by side, and what takes a view of the group to one of the part.
 */
export function inParts(
  { laneStep }: Backend,
  images: number,
  count: number,
  body: (count: number, part: (view: View) => View) => void,
): void {
  const size = laneStep > 1 ? laneStep : count
  for (let start = 0; start < images; start += size) {
    body(size, (view) => ({
      ...view,
      shape: view.shape.with(0, Math.min(size, view.shape[0] - start)),
      offset: view.offset + start * view.strides[0],
    }))
  }
}
