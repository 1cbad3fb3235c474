// The figures: accuracy by training size for each feature, and the pairs that no spectrum tells apart.
import { type Figure, imageGrid, linePlot } from '@scatterlab/figures'
import type { Field } from './pictures-as-numbers.ts'
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

/** A corner of the first texture of each set, above one of its twin. */
export function pairGrid(pairs: readonly Pairs[]): Figure {
  const rows = [pairs.map(({ textures }) => textures[0]), pairs.map(({ twins }) => twins[0])]
  return imageGrid({
    title: 'Above textures, below fields of the same spectrum: order 2 tells them apart, the spectrum does not',
    images: rows.flat().map(corner),
    captions: [...pairs.map(({ name }) => name), ...pairs.map(() => 'twin')],
    columns: pairs.length,
    range: [-3, 3],
    scale: 1,
  })
}

const SIDE = 96

function corner({ data, shape: [height, width] }: Field): { data: Float32Array; shape: [number, number] } {
  const shape: [number, number] = [Math.min(SIDE, height), Math.min(SIDE, width)]
  const out = new Float32Array(shape[0] * shape[1])
  for (let row = 0; row < shape[0]; row++) out.set(data.subarray(row * width, row * width + shape[1]), row * shape[1])
  return { data: out, shape }
}
