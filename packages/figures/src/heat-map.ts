// One array as colours, with a colour bar and, where its coordinates matter, axes: a Littlewood–Paley sum over the
// frequency plane, a confusion matrix, a scalogram.

import { colourBar } from './colour-bar.ts'
import type { ColormapName } from './colormap.ts'
import { checkOptions, type Rules } from '@scatterlab/tensor'
import { aColormap, anOrigin, aRecord, count, isTensor, limits, numbers, text, type TensorLike } from './rules.ts'
import { figureOf } from './figure.ts'
import type { Figure } from './figure.ts'
import { inColumn, inRow, place } from './panel.ts'
import type { Panel } from './panel.ts'
import { centred, planesOf, pngUrl } from './picture.ts'
import type { Picture } from './picture.ts'
import { checkLimits, limitsOf } from './range.ts'
import type { Limits } from './range.ts'
import { baselineShift, fontSize, hairlineAround, headingHeight, imageAt, ink, lineAt, num, textAt } from './svg.ts'
import { textWidth } from './text-width.ts'
import { formatNumber, linearTicks } from './ticks.ts'

/** One side of a heat map. */
export interface HeatMapAxis {
  /** What stands along the side, with its unit; default: nothing. */
  readonly label?: string
  /** The coordinates of the outer edges of the first and the last pixel; with them the side gets ticks. */
  readonly extent?: Limits
}

/** What a heat map shows, alone or as a part of another figure. */
export interface HeatMapContent {
  /** Finite numbers of shape [height, width]; row 0 is at the top. */
  readonly data: ArrayLike<number>
  /** [height, width]. */
  readonly shape: readonly number[]
  /** Default `viridis`; with `diverging` the range is symmetric about 0. */
  readonly colormap?: ColormapName
  /** Default: the data's extremes. */
  readonly range?: Limits
  /** `corner`: index 0 is the origin (as a Fourier transform gives it) and is shown in the middle. Default `centre`. */
  readonly origin?: 'centre' | 'corner'
  /** The side from left to right, from column 0 to the last. */
  readonly x?: HeatMapAxis
  /** Coordinates run downwards, from row 0 to the last. */
  readonly y?: HeatMapAxis
  /** What the numbers are, above the picture. */
  readonly label?: string
}

/** Options of {@link heatMap}. */
export interface HeatMapOptions extends HeatMapContent {
  /** Pixels of the figure per number, a whole number; default: a picture about 256 pixels wide. */
  readonly scale?: number
  /** One line above the picture; default: none. */
  readonly title?: string
}

const CONTENT_RULES: Rules<HeatMapContent> = {
  data: numbers,
  shape: numbers,
  colormap: aColormap,
  range: limits,
  origin: anOrigin,
  x: aRecord,
  y: aRecord,
  label: text,
}
const RULES: Rules<HeatMapOptions> = { ...CONTENT_RULES, scale: count, title: text }
const AXIS_RULES: Rules<HeatMapAxis> = { label: text, extent: limits }

const ticked = (extent: Limits, length: number): readonly { at: number; label: string }[] =>
  linearTicks(extent, Math.max(2, length / 64)).map((tick) => ({
    at: ((tick - extent[0]) / (extent[1] - extent[0])) * length,
    label: formatNumber(tick),
  }))

const bottomAxis = ({ label = '', extent }: HeatMapAxis, width: number): Panel => {
  const ticks = extent === undefined ? [] : ticked(checkLimits('x.extent', extent), width)
  const size = fontSize.tick
  let height = ticks.length === 0 ? 0 : size + 9
  const marks = ticks.map(
    (tick) =>
      lineAt(tick.at, 1, tick.at, 5, ink.axis) +
      textAt(tick.at, size + 7, tick.label, { size, anchor: 'middle', fill: ink.tick }),
  )
  if (label !== '') {
    height += fontSize.label + 6
    marks.push(textAt(width / 2, height - 3, label, { anchor: 'middle' }))
  }
  return { width, height, content: marks.join('') }
}

// the panel lies to the left of the picture, its right edge on the picture's
const leftAxis = ({ label = '', extent }: HeatMapAxis, height: number): Panel => {
  const ticks = extent === undefined ? [] : ticked(checkLimits('y.extent', extent), height)
  const size = fontSize.tick
  const labels = Math.max(0, ...ticks.map((tick) => textWidth(tick.label, size) + 8))
  const width = Math.ceil(labels + (label === '' ? 0 : fontSize.label + 8))
  const marks = ticks.map(
    (tick) =>
      lineAt(width - 5, tick.at, width - 1, tick.at, ink.axis) +
      textAt(width - 8, tick.at + baselineShift(size), tick.label, { size, anchor: 'end', fill: ink.tick }),
  )
  if (label !== '') {
    const turn = `translate(${num(fontSize.label)},${num(height / 2)}) rotate(-90)`
    marks.push(`<g transform="${turn}">${textAt(0, 0, label, { anchor: 'middle' })}</g>`)
  }
  return { width, height, content: marks.join('') }
}

/** The picture of `content` with its bar and axes; `scaleFor` (width, height) gives the pixels per number. */
export const heatMapPanel = (content: HeatMapContent, scaleFor: (width: number, height: number) => number): Panel => {
  const given = checkOptions<HeatMapContent>('heatMap', content, CONTENT_RULES, ['data', 'shape'])
  const { colormap = 'viridis', label = '', origin = 'centre' } = given
  const x = checkOptions<HeatMapAxis>('heatMap: x', given.x, AXIS_RULES)
  const y = checkOptions<HeatMapAxis>('heatMap: y', given.y, AXIS_RULES)
  const picture: Picture = { data: content.data, shape: content.shape }
  const [checked] = planesOf('heat map', [picture])
  const plane = origin === 'corner' ? centred(checked!) : checked!
  const limits =
    content.range === undefined ? limitsOf(plane.data, colormap === 'diverging') : checkLimits('range', content.range)
  const scale = scaleFor(plane.width, plane.height)
  const [width, height] = [plane.width * scale, plane.height * scale]
  const image = imageAt(0, 0, width, height, pngUrl(plane, limits, colormap)) + hairlineAround(0, 0, width, height)
  const left = leftAxis(y, height)
  const right = inColumn([{ width, height, content: image }, bottomAxis(x, width)], 0)
  const body = inRow([inRow([left, right], 0), colourBar(colormap, limits, height)], 12)
  if (label === '') return body
  const size = fontSize.tick
  const half = textWidth(label, size) / 2
  const middle = Math.max(half, left.width + width / 2)
  const text = textAt(middle, size - 1, label, { size, anchor: 'middle' })
  return {
    width: Math.max(body.width, Math.ceil(middle + half)),
    height: body.height + headingHeight,
    content: text + place(0, headingHeight, body),
  }
}

/**
 * A heat map, of a tensor of two axes also without options. Throws {@link FigureError} `SHAPE_MISMATCH` or `NON_FINITE`,
 * and ValueError.
 */
export const heatMap = (options: HeatMapOptions | TensorLike): Figure => {
  const named = isTensor(options) ? { data: options.toTypedArray(), shape: options.shape } : options
  const { scale, title, ...content } = checkOptions<HeatMapOptions>('heatMap', named, RULES, ['data', 'shape'])
  const scaleFor = (width: number): number => scale ?? Math.max(1, Math.round(256 / width))
  return figureOf(heatMapPanel(content, scaleFor), title)
}
