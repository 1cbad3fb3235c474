// The pictures: energies by order, the commutator, and how far representations move.
import { type Figure, linePlot } from '@scatterlab/figures'

/** One curve. */
export interface Curve {
  readonly label: string
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** Share of ‖x‖² that is left after each order. */
export const energyPlot = (curves: readonly Curve[]): Figure =>
  linePlot({
    title: 'Energy that orders above m hold, of all paths',
    series: curves,
    x: { label: 'order m', ticks: curves[0].x },
    y: { label: 'share of ‖x‖², %', scale: 'log' },
  })

/** Curves against the strength of a deformation. */
export const strengthPlot = (title: string, label: string, curves: readonly Curve[]): Figure =>
  linePlot({
    title,
    series: curves.map(({ label, x, y }) => ({ label, x: [0, ...x], y: [0, ...y] })),
    x: { label: '‖∇τ‖∞' },
    y: { label },
  })

/** Constants against the frequency of what is deformed. */
export const frequencyPlot = (title: string, curves: readonly Curve[]): Figure =>
  linePlot({ title, series: curves, x: { label: 'frequency, radians per pixel' }, y: { label: 'distance / ‖∇τ‖∞' } })

/** Distances of translated images against 2^J. */
export const translationPlot = (curves: readonly Curve[]): Figure =>
  linePlot({
    title: 'Translated by c pixels: how far S_J moves',
    series: curves,
    x: { label: '2^J, pixels', scale: 'log', ticks: curves[0].x },
    y: { label: '‖S_J T_c x − S_J x‖ / ‖x‖', scale: 'log' },
  })
