// The pictures: what the first layer learned beside the Gabor functions nearest to it, and how the training went.
import { type Figure, imageGrid, linePlot } from '@scatterlab/figures'
import type { EpochRecord } from '@scatterlab/nn'
import type { StepLoss } from '@scatterlab/repro'
import type { Filter } from './filters.ts'

/** Every filter as it is, in colour, and under it the Gabor function in its strongest colour; the best fitted first. */
export function filterFigure(filters: readonly Filter[], title: string): Figure {
  const ordered = filters.toSorted((a, b) => b.fit.r2 - a.fit.r2)
  const columns = Math.min(8, ordered.length)
  const rows = Array.from({ length: Math.ceil(ordered.length / columns) }, (_, row) =>
    ordered.slice(row * columns, (row + 1) * columns),
  )
  const asLearned = (filter: Filter): Cell => ({ picture: inColour(filter.pixels, filter), caption: direction(filter) })
  const asGabor = (filter: Filter): Cell => ({
    picture: inColour(gaborPixels(filter), filter),
    caption: `R² ${filter.fit.r2.toFixed(2)}`,
  })
  const cells = rows.flatMap((row) => [asLearned, asGabor].flatMap((draw) => padded(row.map(draw), columns)))
  return imageGrid({
    title,
    images: cells.map(({ picture }) => picture),
    captions: cells.map(({ caption }) => caption),
    columns,
    range: [0, 1],
    scale: Math.max(1, Math.round(60 / filters[0].side)),
  })
}

interface Cell {
  readonly picture: { readonly data: Float32Array; readonly shape: readonly number[] }
  readonly caption: string
}

/** A last row that is not full ends in white. */
function padded(cells: readonly Cell[], columns: number): Cell[] {
  const white = { picture: { ...cells[0].picture, data: cells[0].picture.data.map(() => 1) }, caption: '' }
  return [...cells, ...Array.from({ length: columns - cells.length }, () => white)]
}

/** 0 in the middle of the colours' range, the filter's largest number at its end. */
function inColour(pixels: Float32Array, { side, pixels: own }: Filter): Cell['picture'] {
  const largest = own.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1
  return { data: pixels.map((v) => 0.5 + v / (2 * largest)), shape: [side, side, 3] }
}

const gaborPixels = ({ fit, colour, pixels }: Filter): Float32Array =>
  pixels.map((_, i) => fit.values[Math.floor(i / 3)] * colour[i % 3])

/** Direction and wavelength of a wave. */
function direction({ isWave, fit: { angle, frequency } }: Filter): string {
  if (!isWave) return 'blob'
  return `${Math.round((angle * 180) / Math.PI) % 180}°, ${((2 * Math.PI) / frequency).toFixed(1)} px`
}

/** The loss of a training: by epochs where there are many, else by the means of some steps. */
export function lossCurve(
  history: readonly EpochRecord[],
  steps: readonly StepLoss[],
  perEpoch: number,
  title: string,
): Figure {
  const each = Math.max(1, Math.ceil(steps.length / 40))
  const some = Array.from({ length: Math.floor(steps.length / each) }, (_, i) => {
    const own = steps.slice(i * each, (i + 1) * each)
    return { epoch: own.at(-1)!.step / perEpoch, loss: own.reduce((sum, { loss }) => sum + loss, 0) / each }
  })
  const points = history.length >= 10 ? history.map(({ epoch, loss }) => ({ epoch: epoch + 1, loss })) : some
  return linePlot({
    title,
    series: [{ label: 'training loss', x: points.map((p) => p.epoch), y: points.map((p) => p.loss) }],
    x: { label: 'epochs' },
    y: { label: 'training loss, nats' },
  })
}
