// The figures: φ_J, the real parts of all ψ and A(ω), as on the slide; and banks of signals.
import { type Figure, filterMosaic, linePlot } from '@scatterlab/figures'
import { ifft2, scope, tensor } from '@scatterlab/tensor'
import { type FilterBank1d, type FilterBank2d, type LittlewoodPaley, toGrid } from '@scatterlab/wavelets'
import type { Family } from './families.ts'

/** The slide's figure: rows of scales, columns of angles, beside φ_J and A over the frequencies. `bank` is drawn, on a grid large enough. */
export function familyFigure(
  { J, C, Q }: Family,
  bank: FilterBank2d,
  { sum, shape, upper, lower }: LittlewoodPaley,
): Figure {
  const [height, width] = bank.options.shape
  const { rows, columns } = bank.phi.atLevel(0)
  const low = Float64Array.from({ length: height * width }, (_, k) => rows[Math.floor(k / width)] * columns[k % width])
  const degrees = (radians: number): string => `${Number(((radians * 180) / Math.PI).toFixed(1))}°`.replace('-', '−')
  return filterMosaic({
    title: `J = ${J}, C = ${C}, Q = ${Q}: A(ω) from ${lower.toFixed(3)} (on |ω| ≤ π) to ${upper.toFixed(3)}`,
    filters: bank.psi.map((psi) => ({ data: inSpace(toGrid(psi.atLevel(0)), height, width), shape: [height, width] })),
    columns: C,
    rowLabels: Array.from({ length: J }, (_, j) => `j = ${j}`),
    columnLabels: bank.psi.slice(0, C).map(({ theta }) => degrees(theta)),
    origin: 'corner',
    crop: Math.min(
      height,
      12 + Math.ceil(7 * Math.max(...bank.psi.map(({ sigma, slant }) => sigma / Math.min(slant, 1)))),
    ),
    lowpass: { data: inSpace(low, height, width), shape: [height, width], caption: 'φ_J' },
    heatMap: {
      data: sum,
      shape,
      origin: 'corner',
      label: 'A(ω)',
      range: [0, Math.max(1, upper)],
      x: { label: 'ω_x', extent: [-Math.PI, Math.PI] },
      y: { label: 'ω_y', extent: [-Math.PI, Math.PI] },
    },
  })
}

/** The real part of a filter in space, its origin in the corner. */
const inSpace = (fourier: Float64Array, height: number, width: number): ArrayLike<number> =>
  scope(() => ifft2(tensor(fourier, [height, width])).real.toTypedArray())

/** |ψ̂_n| and φ̂ over positive frequencies, with A. */
export function signalFigure(bank: FilterBank1d, { sum }: LittlewoodPaley): Figure {
  const curve = (
    values: ArrayLike<number>,
    label: string,
  ): { label: string; x: number[]; y: number[]; markers: boolean } => {
    const half = Array.from({ length: Math.floor(bank.options.length / 2) + 1 }, (_, k) => k)
    return { label, x: half.map((k) => k / bank.options.length), y: half.map((k) => values[k]), markers: false }
  }
  return linePlot({
    title: `Signals: J = ${bank.options.scales}, Q = ${bank.options.waveletsPerOctave}`,
    x: { label: 'cycles per sample' },
    y: { label: 'filter; A' },
    series: [
      { ...curve(sum, 'A'), dashed: true },
      curve(toGrid(bank.phi.atLevel(0)), 'φ'),
      ...bank.psi.map((psi, n) => curve(toGrid(psi.atLevel(0)), `ψ${n}`)),
    ],
  })
}

/** Points a curve of the figure below has for each factor of e in frequency. */
const POINTS = 200

/** A over positive frequencies for several Q. */
export const coveringFigure = (banks: readonly { readonly Q: number; readonly power: LittlewoodPaley }[]): Figure =>
  linePlot({
    title: 'Signals: how banks cover the frequencies, ψ renormalised',
    x: { label: 'cycles per sample', scale: 'log' },
    y: { label: 'A(ω)', domain: [0, 1.3] },
    series: banks.map(({ Q, power: { sum, shape } }) => {
      // on a logarithmic axis: every frequency of the low ones, fewer of the high ones
      const kept = Array.from({ length: Math.floor(shape[1] / 2) }, (_, k) => k + 1).filter(
        (k) => Math.round(POINTS * Math.log(k)) > Math.round(POINTS * Math.log(k - 1)),
      )
      return { label: `Q = ${Q}`, x: kept.map((k) => k / shape[1]), y: kept.map((k) => sum[k]), markers: false }
    }),
  })
