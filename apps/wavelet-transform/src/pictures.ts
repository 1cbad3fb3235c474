// The figures of the app.
import { type Figure, filterMosaic, imageGrid, linePlot } from '@scatterlab/figures'
import { ifft2, scope, tensor } from '@scatterlab/tensor'
import { type Bank, type LittlewoodPaley, toGrid } from '@scatterlab/wavelets'
import type { Cost } from './cost.ts'

/** A picture or a modulus of any side, shown as wide as the others. */
export interface Shown {
  readonly data: ArrayLike<number>
  readonly side: number
  readonly caption: string
}

/** Pictures in rows; smaller ones with larger pixels. `each`: every picture from its own black to its own white. */
export function pictures(title: string, shown: readonly Shown[], columns: number, each = true): Figure {
  const side = Math.max(...shown.map((one) => one.side))
  return imageGrid({
    title,
    images: shown.map((one) => ({ data: widened(one, side), shape: [side, side] })),
    captions: shown.map(({ caption }) => caption),
    columns,
    range: each ? 'each' : [0, 1],
    scale: Math.max(1, Math.round(168 / side)),
  })
}

function widened({ data, side: own }: Shown, side: number): Float64Array {
  const at = (n: number): number => Math.floor((n * own) / side)
  return Float64Array.from({ length: side * side }, (_, i) => data[at(Math.floor(i / side)) * own + at(i % side)])
}

/** Real parts in space of one orientation's filters, of the bank in Fourier above those that the cascade amounts to; A of the cascade. */
export function equivalentFigure(
  bank: Bank,
  cascade: Bank,
  of: { scales: number; orientations: number; orientation: number },
  power: LittlewoodPaley,
): Figure {
  const { scales, orientations, orientation } = of
  const [height, width] = bank.grid
  const inSpace = (grid: Float64Array): ArrayLike<number> =>
    scope(() => ifft2(tensor(grid, [height, width])).real.toTypedArray())
  const filters = [bank, cascade].flatMap(({ psi }) =>
    Array.from({ length: scales }, (_, j) => ({
      data: inSpace(toGrid(psi[j * orientations + orientation].atLevel(0))),
      shape: [height, width],
    })),
  )
  return filterMosaic({
    title: 'ψ_j of the Fourier bank, and those that the cascade of 7×7 filters amounts to',
    filters,
    columns: scales,
    rowLabels: ['bank', 'cascade'],
    columnLabels: Array.from({ length: scales }, (_, j) => `j = ${j}`),
    origin: 'corner',
    crop: 48,
    scale: 2,
    heatMap: {
      data: power.sum,
      shape: power.shape,
      origin: 'corner',
      label: 'A(ω) of the cascade',
      range: [0, Math.max(1, power.upper)],
      x: { extent: [-Math.PI, Math.PI] },
      y: { extent: [-Math.PI, Math.PI] },
    },
  })
}

/** ‖x − x_M‖/‖x‖ against the share of coefficients kept. */
export const sparsityPlot = (shares: readonly number[], errors: Readonly<Record<string, readonly number[]>>): Figure =>
  linePlot({
    title: 'The largest coefficients of the picture',
    x: { label: 'share of coefficients kept', scale: 'log', format: percent },
    y: { label: 'error, of the norm', scale: 'log' },
    series: Object.entries(errors).map(([label, y]) => ({
      label,
      x: shares,
      y,
      markers: false,
      dashed: label.includes('noise'),
    })),
  })

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`

/** Milliseconds against pixels. */
export const costPlot = (costs: readonly Cost[]): Figure =>
  linePlot({
    title: 'Wavelet transform, 4 scales of 8 orientations',
    x: { label: 'pixels', scale: 'log' },
    y: { label: 'milliseconds', scale: 'log' },
    series: (['bank', 'cascade'] as const).map((way) => ({
      label: way === 'bank' ? 'bank, in Fourier, every pixel kept' : 'cascade of 7×7 filters',
      x: costs.map(({ side }) => side ** 2),
      y: costs.map((cost) => cost[way]),
    })),
  })

/** How far fields and their moduli move with the picture. */
export const shiftPlot = (
  shifts: readonly number[],
  fields: readonly number[],
  moduli: readonly number[],
  scale: number,
): Figure =>
  linePlot({
    title: `The picture moves: x ⋆ ψ and |x ⋆ ψ|, j = ${scale}`,
    x: { label: 'pixels moved' },
    y: { label: 'change, of the norm', domain: [0, 1.5] },
    series: [
      { label: 'x ⋆ ψ', x: shifts, y: fields },
      { label: '|x ⋆ ψ|', x: shifts, y: moduli },
    ],
  })
