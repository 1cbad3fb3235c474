// Large symmetric matrices as row panels of their lower triangle, which lie in the memory of the caller: half the numbers, and only a
// panel or two at a time on the back end. Their Cholesky factor takes their place.
import * as operations from '@scatterlab/tensor/operations'
import { type RealArray, type Tensor, ValueError, matmul, neg, realArray, scope, sub } from '@scatterlab/tensor'
import { inverseFactor } from './cholesky.ts'
import { compute, upload } from './chunks.ts'
import type { Run } from './run.ts'

/** Rows of a panel. */
export const PANEL_ROWS = 512

/** Rows [top, bottom) of the matrix, up to and with the diagonal block: [bottom − top, bottom]. */
export interface Panel {
  readonly top: number
  readonly bottom: number
  readonly data: RealArray
}

/** Panels of zeros for a matrix [size, size]: about size²/2 numbers. */
export function emptyPanels(size: number, dtype: 'float32' | 'float64'): Panel[] {
  return Array.from({ length: Math.ceil(size / PANEL_ROWS) }, (_, p) => {
    const [top, bottom] = [p * PANEL_ROWS, Math.min(size, (p + 1) * PANEL_ROWS)]
    return { top, bottom, data: realArray(dtype, (bottom - top) * bottom) }
  })
}

/** Adds a number to the diagonal. */
export function addToDiagonal(panels: readonly Panel[], value: number): void {
  for (const { top, bottom, data } of panels) for (let i = top; i < bottom; i++) data[(i - top) * bottom + i] += value
}

/** A factor A = L Lᵀ in panels: L left of the diagonal blocks, in these the inverses of L's. */
export interface PanelFactor {
  /** A⁻¹ B for B [size, columns], up to the rounding of the panels' element type. */
  solve(right: Float64Array, columns: number): Promise<Float64Array>
}

/**
 * Factors A in place, panel after panel (by rows, left-looking): work of third order is one product a pair of panels. Throws
 * `ValueError` where A is not positive definite to the rounding of its element type.
 */
export async function factorPanels(
  run: Run,
  panels: readonly Panel[],
  onPanel: (done: number) => Promise<void>,
): Promise<PanelFactor> {
  for (const [i, panel] of panels.entries()) {
    await factorPanel(run, panels.slice(0, i), panel)
    await onPanel(i + 1)
  }
  return { solve: (right, columns) => solvePanels(run, panels, right, columns) }
}

async function factorPanel(run: Run, before: readonly Panel[], { top, bottom, data }: Panel): Promise<void> {
  const { backend } = run
  const height = bottom - top
  // a copy of its own: on a back end in host memory an upload is none
  const x = scope(() => upload(run, data, height, bottom).clone())
  try {
    // finished columns hold −L, so that products are added
    for (const other of before) {
      const own = x.slice([0], [other.top, other.bottom])
      scope(() => {
        const l = upload(run, other.data, other.bottom - other.top, other.bottom)
        if (other.top > 0) {
          const [left, right] = [x.slice([0], [0, other.top]), l.slice([0], [0, other.top])]
          operations.matmul(backend, left, right.transpose(), own, true)
        }
        const inverse = l.slice([0], [other.top, other.bottom])
        operations.copy(backend, neg(matmul(own.clone(), inverse.transpose())), own)
      })
      await run.breathe()
    }
    const diagonal = await compute(run, () => {
      const block = x.slice([0], [top, bottom])
      if (top === 0) return block.clone()
      const left = x.slice([0], [0, top])
      return sub(block, matmul(left, left.transpose()))
    })
    const { inverse, pivots } = inverseFactor(diagonal, height, 0)
    if (!pivots.every((pivot) => pivot > 0))
      throw new ValueError('a matrix that is not positive definite has no Cholesky factor: raise `penalty`')
    const finished = await x.read()
    for (let r = 0; r < height; r++) {
      for (let j = 0; j < top; j++) data[r * bottom + j] = -finished[r * bottom + j]
      for (let j = top; j < bottom; j++) data[r * bottom + j] = inverse[r * height + j - top]
    }
  } finally {
    backend.release(x.buffer)
  }
}

/** L⁻ᵀ L⁻¹ B, a panel at a time. */
async function solvePanels(
  run: Run,
  panels: readonly Panel[],
  right: Float64Array,
  columns: number,
): Promise<Float64Array> {
  const x = right.slice()
  const rowsOf = (top: number, bottom: number): Float64Array => x.subarray(top * columns, bottom * columns)
  /** out ← out − product, in double precision. */
  const subtract = (out: Float64Array, product: RealArray): void => {
    for (let i = 0; i < out.length; i++) out[i] -= product[i]
  }
  const inTypeOf = (data: RealArray, values: Float64Array): RealArray =>
    data instanceof Float32Array ? Float32Array.from(values) : values.slice()
  const withPanel = (panel: Panel, values: Float64Array, body: (l: Tensor, v: Tensor) => Tensor): Promise<RealArray> =>
    compute(run, () => {
      const l = upload(run, panel.data, panel.bottom - panel.top, panel.bottom)
      return body(l, upload(run, inTypeOf(panel.data, values), values.length / columns, columns))
    })
  for (const panel of panels) {
    const { top, bottom } = panel
    const own = rowsOf(top, bottom)
    if (top > 0) subtract(own, await withPanel(panel, rowsOf(0, top), (l, v) => matmul(l.slice([0], [0, top]), v)))
    own.set(await withPanel(panel, own, (l, v) => matmul(l.slice([0], [top, bottom]), v)))
    await run.breathe()
  }
  for (const panel of panels.toReversed()) {
    const { top, bottom } = panel
    const own = rowsOf(top, bottom)
    own.set(await withPanel(panel, own, (l, v) => matmul(l.slice([0], [top, bottom]).transpose(), v)))
    if (top > 0)
      subtract(rowsOf(0, top), await withPanel(panel, own, (l, v) => matmul(l.slice([0], [0, top]).transpose(), v)))
    await run.breathe()
  }
  return x
}
