// The filters of a bank side by side, rows of scales and columns of orientations as a rule, beside its low-pass filter
// and a heat map such as the Littlewood–Paley sum.

import { colourBar } from './colour-bar.ts'
import type { ColormapName } from './colormap.ts'
import { checkOptions, oneOf, type Rules } from '@scatterlab/tensor'
import { FigureError } from './errors.ts'
import { aColormap, aList, anOrigin, aPicture, aRange, aRecord, count, text, texts } from './rules.ts'
import { figureOf } from './figure.ts'
import type { Figure } from './figure.ts'
import { captionOf, filterPlane } from './filter.ts'
import type { Filter, FilterPart } from './filter.ts'
import { heatMapPanel } from './heat-map.ts'
import type { HeatMapContent } from './heat-map.ts'
import { captioned, gridOf, inRow, place } from './panel.ts'
import type { Panel } from './panel.ts'
import { pngUrl } from './picture.ts'
import { resolveRange } from './range.ts'
import type { Range } from './range.ts'
import { baselineShift, fontSize, hairlineAround, headingHeight, imageAt, textAt } from './svg.ts'
import { textWidth } from './text-width.ts'

/** Options of {@link filterMosaic}. */
export interface FilterMosaicOptions {
  /** The filters row by row, all of one shape. */
  readonly filters: readonly Filter[]
  /** Filters in a row; default: as many as there are column labels, else a grid wider than high. */
  readonly columns?: number
  /** A text at the left of each row; default: none. */
  readonly rowLabels?: readonly string[]
  /** A text above each column; default: none. */
  readonly columnLabels?: readonly string[]
  /** What is drawn of complex filters; default `real`. */
  readonly part?: FilterPart
  /** Default `each`, so that faint filters show too; `shared` makes amplitudes comparable and adds a colour bar. */
  readonly range?: Range
  /** Default `diverging` (0 white, range symmetric) if any number is negative, else `viridis`. */
  readonly colormap?: ColormapName
  /** `corner`: index 0 is the origin, as Fourier transforms give it, and comes in the middle. Default `centre`. */
  readonly origin?: 'centre' | 'corner'
  /** Draw only this many rows and columns around the middle. */
  readonly crop?: number
  /** Pixels of the figure per number, a whole number; default: tiles of about 64 pixels. */
  readonly scale?: number
  /** The low-pass filter, drawn apart with its own range. */
  readonly lowpass?: Filter
  /** A heat map at the right, as large as fits. */
  readonly heatMap?: HeatMapContent
  /** One line above the figure; default: none. */
  readonly title?: string
}

const RULES: Rules<FilterMosaicOptions> = {
  filters: aList,
  columns: count,
  rowLabels: texts,
  columnLabels: texts,
  part: oneOf('real', 'imaginary', 'modulus'),
  range: aRange,
  colormap: aColormap,
  origin: anOrigin,
  crop: count,
  scale: count,
  lowpass: aPicture,
  heatMap: aRecord,
  title: text,
}
const gap = 4

const labelled = (grid: Panel, rows: readonly string[], columns: readonly string[], tile: Panel): Panel => {
  const left = rows.length === 0 ? 0 : Math.ceil(Math.max(...rows.map((row) => textWidth(row, fontSize.tick)))) + 8
  const top = columns.length === 0 ? 0 : headingHeight
  const size = fontSize.tick
  const rowTexts = rows.map((row, i) =>
    textAt(left - 8, top + i * (tile.height + gap) + tile.height / 2 + baselineShift(size), row, {
      size,
      anchor: 'end',
    }),
  )
  const columnTexts = columns.map((column, i) =>
    textAt(left + i * (tile.width + gap) + tile.width / 2, size - 1, column, { size, anchor: 'middle' }),
  )
  return {
    width: left + grid.width,
    height: top + grid.height,
    content: [...rowTexts, ...columnTexts, place(left, top, grid)].join(''),
  }
}

const checkLabels = (option: string, labels: readonly string[], wanted: number): readonly string[] => {
  if (labels.length === 0 || labels.length === wanted) return labels
  throw new FigureError('LENGTH_MISMATCH', `${option} has ${labels.length} texts for ${wanted}: give one each`)
}

/**
 * A mosaic of filters. Throws {@link FigureError} `EMPTY`, `SHAPE_MISMATCH`, `LENGTH_MISMATCH` (labels), `NON_FINITE`
 * or ValueError.
 */
export const filterMosaic = (options: FilterMosaicOptions): Figure => {
  const given = checkOptions<FilterMosaicOptions>('filterMosaic', options, RULES, ['filters'])
  const { filters, lowpass, part = 'real', origin = 'centre', range = 'each', title = '', crop = Infinity } = given
  if (filters.length === 0) throw new FigureError('EMPTY', 'filters is empty: give at least one filter')
  const view = { part, origin, crop }
  const planes = filters.map((filter, i) => filterPlane(`filters[${i}]`, filter, view))
  const { height, width } = planes[0]!
  const odd = planes.findIndex((plane) => plane.height !== height || plane.width !== width)
  if (odd > 0) {
    throw new FigureError(
      'SHAPE_MISMATCH',
      `filters[${odd}] is ${planes[odd]!.height}×${planes[odd]!.width} but filters[0] is ${height}×${width}: ` +
        'give filters of one shape, or crop',
    )
  }
  const signed = planes.some(({ data }) => Array.prototype.some.call(data, (value: number) => value < 0))
  const colormap = given.colormap ?? (signed ? 'diverging' : 'viridis')
  const limits = resolveRange(range, planes, colormap === 'diverging')
  const { columnLabels = [], rowLabels = [] } = given
  const byDefault = columnLabels.length > 0 ? columnLabels.length : Math.ceil(Math.sqrt(filters.length * 1.8))
  const columns = Math.min(filters.length, given.columns ?? byDefault)
  checkLabels('columnLabels', columnLabels, columns)
  checkLabels('rowLabels', rowLabels, Math.ceil(filters.length / columns))
  const scale = given.scale ?? Math.max(1, Math.round(64 / width))

  const tileOf = (plane: (typeof planes)[number], own: (typeof limits)[number], caption?: string): Panel => {
    const [w, h] = [plane.width * scale, plane.height * scale]
    const content = imageAt(0, 0, w, h, pngUrl(plane, own, colormap)) + hairlineAround(0, 0, w, h)
    const tile = { width: w, height: h, content }
    return caption === undefined ? tile : captioned(tile, caption)
  }
  const tiles = planes.map((plane, i) => tileOf(plane, limits[i]!, captionOf(filters[i]!)))
  const cell = {
    width: Math.max(...tiles.map((t) => t.width)),
    height: Math.max(...tiles.map((t) => t.height)),
    content: '',
  }
  const mosaic = labelled(gridOf(tiles, columns, gap), rowLabels, columnLabels, cell)
  const bar = range === 'each' ? [] : [colourBar(colormap, limits[0]!, Math.max(60, mosaic.height))]

  const panels: Panel[] = [inRow([mosaic, ...bar], 12)]
  if (lowpass !== undefined) {
    const plane = filterPlane('lowpass', lowpass, view)
    const caption = captionOf(lowpass) ?? 'low-pass'
    const above = columnLabels.length > 0
    const tile = tileOf(plane, resolveRange('each', [plane], colormap === 'diverging')[0]!, above ? undefined : caption)
    panels.push(labelled(tile, [], above ? [caption] : [], tile))
  }
  if (given.heatMap !== undefined) {
    const { label = '', x = {} } = given.heatMap
    const around =
      (label === '' ? 0 : headingHeight) + (x.extent === undefined ? 0 : 20) + (x.label === undefined ? 0 : 18)
    const room = Math.max(128, mosaic.height - around)
    panels.push(heatMapPanel(given.heatMap, (w, h) => Math.max(1, Math.floor(room / Math.max(w, h)))))
  }
  return figureOf(inRow(panels, 24), title)
}
