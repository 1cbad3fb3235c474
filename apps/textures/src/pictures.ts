// The figures: accuracy by training size for each feature, and the pairs that no spectrum tells apart.
import { type Figure, imageGrid, linePlot } from '@scatterlab/figures'
import type { Pairs } from './twins.ts'
import { scatnet } from './published.ts'

/** One point of the accuracy curve. */
export interface Point {
  readonly feature: string
  readonly trainingSize: number
  readonly mean: number
  readonly deviation: number
}

/** Error against training pictures a class, with the spread of the splits, beside what ScatNet prints. */
export function errorCurve(points: readonly Point[], title: string, published: boolean): Figure {
  const sizes = [...new Set(points.map(({ trainingSize }) => trainingSize))]
  const series = [...new Set(points.map(({ feature }) => feature))].map((feature) => {
    const own = points.filter((point) => point.feature === feature)
    const y = own.map(({ mean }) => Math.max(LEAST, 100 - mean))
    return {
      label: feature,
      x: own.map(({ trainingSize }) => trainingSize),
      y,
      error: {
        below: own.map(({ deviation }, i) => Math.min(deviation, y[i] - LEAST / 2)),
        above: own.map(({ deviation }) => deviation),
      },
    }
  })
  const known = sizes.filter((size) => scatnet[size] !== undefined)
  return linePlot({
    title: `${title}: test error`,
    series: published
      ? [...series, { label: 'ScatNet’s script', x: known, y: known.map((size) => 100 - scatnet[size]), dashed: true }]
      : series,
    x: { label: 'training pictures a class', scale: 'log', ticks: sizes },
    y: { label: 'test error, %', scale: 'log' },
  })
}

/** Errors below this, per cent, are drawn at it. */
const LEAST = 0.1

/** The first texture of each set above its twin. */
export function pairGrid(pairs: readonly Pairs[]): Figure {
  const rows = [pairs.map(({ textures }) => textures[0]), pairs.map(({ twins }) => twins[0])]
  return imageGrid({
    title: 'Above textures, below fields of the same spectrum: order 2 tells them apart, the spectrum does not',
    images: rows.flat().map(({ data, shape }) => ({ data, shape: [...shape] as [number, number] })),
    captions: [...pairs.map(({ name }) => name), ...pairs.map(() => 'twin')],
    columns: pairs.length,
    range: [-3, 3],
    scale: 1,
  })
}
