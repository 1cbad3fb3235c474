// Curves with markers and error bars over linear or logarithmic axes; the only importer of the plotting library. The
// legend stands above the frame, where it can cover no data.

import { checkOptions, type Rules } from '@scatterlab/tensor'
import { aList, aRecord, pixels, text } from './rules.ts'
import * as Plot from '@observablehq/plot'
import { axisOf } from './axis.ts'
import type { Axis, AxisOptions } from './axis.ts'
import { FigureError } from './errors.ts'
import { figureOf } from './figure.ts'
import type { Figure } from './figure.ts'
import { cap, palette, shapes } from './markers.ts'
import { inColumn } from './panel.ts'
import type { Panel } from './panel.ts'
import { PlotDocument } from './plot-document.ts'
import { curveOf, extentOf } from './series.ts'
import type { Curve, Series } from './series.ts'
import { baselineShift, fontSize, ink, num, textAt } from './svg.ts'
import { textWidth } from './text-width.ts'

/** Options of {@link linePlot}. */
export interface LinePlotOptions {
  /** The curves; the first is drawn on top. */
  readonly series: readonly Series[]
  /** The axis along the bottom. */
  readonly x?: AxisOptions
  /** The axis at the left. */
  readonly y?: AxisOptions
  /** One line above the plot; default: none. */
  readonly title?: string
  /** Width of the plot with its axes in pixels, at least 200; default 640. */
  readonly width?: number
  /** Height of the plot with its axes in pixels, at least 150; default 380. */
  readonly height?: number
}

const RULES: Rules<LinePlotOptions> = {
  series: aList,
  x: aRecord,
  y: aRecord,
  title: text,
  width: pixels(200),
  height: pixels(150),
}
const dashes = '6,4'
const edge = 6
const colourAt = (index: number): string => palette[index % palette.length]!
const shapeAt = (index: number): (typeof shapes)[number] => shapes[index % shapes.length]!

const curveMarks = ({ points, dashed, line, markers }: Curve, index: number, y: Axis): Plot.Markish[] => {
  const colour = colourAt(index)
  const barred = points.filter(({ low, high }) => high > low)
  const [bottom, top] = y.domain
  const capped = barred.flatMap(({ x, low, high }) =>
    [low, high].filter((end) => end >= bottom && end <= top).map((end) => ({ x, y: end })),
  )
  const stems = barred.map(({ x, low, high }) => ({ x, low: Math.max(low, bottom), high: Math.min(high, top) }))
  return [
    Plot.ruleX(stems, { x: 'x', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1.2 }),
    Plot.dot(capped, { x: 'x', y: 'y', symbol: cap, stroke: colour, strokeWidth: 1.2 }),
    ...(line
      ? [
          Plot.line(points, {
            x: 'x',
            y: 'y',
            stroke: colour,
            strokeWidth: 1.8,
            ...(dashed ? { strokeDasharray: dashes } : {}),
          }),
        ]
      : []),
    ...(markers
      ? [
          Plot.dot(points, {
            x: 'x',
            y: 'y',
            symbol: shapeAt(index),
            fill: dashed ? '#ffffff' : colour,
            stroke: dashed ? colour : '#ffffff',
            strokeWidth: dashed ? 1.4 : 0.8,
          }),
        ]
      : []),
  ]
}

const axisMarks = (x: Axis, y: Axis): Plot.Markish[] => {
  const grid = { stroke: ink.grid, strokeOpacity: 1 }
  const tick = { label: null, tickSize: 4, tickPadding: 5, fontSize: fontSize.tick, fill: ink.tick, stroke: ink.axis }
  return [
    Plot.gridX(x.ticks, grid),
    Plot.gridY(y.ticks, grid),
    Plot.axisX(x.ticks, { ...tick, text: x.tickLabels }),
    Plot.axisY(y.ticks, { ...tick, text: y.tickLabels }),
    Plot.frame({ anchor: 'left', stroke: ink.axis }),
    Plot.frame({ anchor: 'bottom', stroke: ink.axis }),
  ]
}

const frameOf = (
  curves: readonly Curve[],
  x: Axis,
  y: Axis,
  width: number,
  height: number,
): Panel & { left: number } => {
  const widest = Math.max(0, ...y.tickLabels.map((label) => textWidth(label, fontSize.tick)))
  const left = Math.ceil(widest + 10 + (y.label === '' ? 0 : fontSize.label + 8))
  const lastTick = textWidth(x.tickLabels.at(-1) ?? '', fontSize.tick) / 2
  const right = Math.ceil(Math.max(6, lastTick))
  const bottom = 9 + fontSize.tick + 4 + (x.label === '' ? 0 : fontSize.label + 8)
  const top = 8
  const drawn = (marks: Plot.Markish[]): string => {
    const plot = Plot.plot({
      // the library asks its document for little more than createElementNS
      document: new PlotDocument() as unknown as Document,
      width,
      height,
      marginLeft: left,
      marginRight: right,
      marginTop: top,
      marginBottom: bottom,
      axis: null,
      x: { type: x.scale, domain: [...x.domain] },
      y: { type: y.scale, domain: [...y.domain] },
      marks,
    })
    return plot.innerHTML.replace(/<style>.*?<\/style>/s, '')
  }
  // an inner svg cuts off what leaves the domain, and needs no id; a marker on the edge stays whole
  const box = [left - edge, top - edge, width - left - right + 2 * edge, height - top - bottom + 2 * edge].map(num)
  const curvesDrawn = drawn(curves.map((curve, i) => curveMarks(curve, i, y)).reverse())
  const boxed = `x="${box[0]}" y="${box[1]}" width="${box[2]}" height="${box[3]}" viewBox="${box.join(' ')}"`
  const inside = `<svg ${boxed}>${curvesDrawn}</svg>`
  const middle = { x: left + (width - left - right) / 2, y: top + (height - top - bottom) / 2 }
  const xLabel = x.label === '' ? '' : textAt(middle.x, height - 4, x.label, { anchor: 'middle' })
  const turn = `translate(${num(fontSize.label)},${num(middle.y)}) rotate(-90)`
  const yLabel = y.label === '' ? '' : `<g transform="${turn}">${textAt(0, 0, y.label, { anchor: 'middle' })}</g>`
  const content = `<g text-anchor="middle" fill="none">${drawn(axisMarks(x, y))}${inside}</g>${xLabel}${yLabel}`
  return { width, height, content, left }
}

const pathOf = (index: number): string => {
  let path = ''
  const pen = {
    moveTo: (x: number, y: number) => void (path += `M${num(x)},${num(y)}`),
    lineTo: (x: number, y: number) => void (path += `L${num(x)},${num(y)}`),
    arc: (_x: number, _y: number, r: number) => void (path += `A${r},${r},0,1,1,${-r},0A${r},${r},0,1,1,${r},0`),
    closePath: () => void (path += 'Z'),
  }
  shapeAt(index).draw(pen)
  return path
}

const sample = 26

const legendEntry = ({ label, dashed, line: joined, markers }: Curve, index: number): Panel => {
  const colour = colourAt(index)
  const middle = fontSize.label / 2 + 2
  const broken = dashed ? ` stroke-dasharray="${dashes}"` : ''
  const line = !joined
    ? ''
    : `<path d="M0,${middle}L${sample},${middle}" stroke="${colour}" stroke-width="1.8"${broken}/>`
  const [fill, stroke, width] = dashed ? ['#ffffff', colour, 1.4] : [colour, '#ffffff', 0.8]
  const marker = markers
    ? `<path transform="translate(${sample / 2},${middle})" d="${pathOf(index)}" ` +
      `fill="${fill}" stroke="${stroke}" stroke-width="${width}"/>`
    : ''
  return {
    width: sample + 7 + textWidth(label, fontSize.label),
    height: fontSize.label + 4,
    content: line + marker + textAt(sample + 7, middle + baselineShift(fontSize.label), label),
  }
}

// entries from left to right, on a new line where the width ends
const legendOf = (curves: readonly Curve[], left: number, width: number): Panel => {
  let [x, y, content] = [left, 0, '']
  for (const [index, curve] of curves.entries()) {
    const entry = legendEntry(curve, index)
    if (x > left && x + entry.width > width) [x, y] = [left, y + entry.height + 4]
    content += `<g transform="translate(${num(x)},${num(y)})">${entry.content}</g>`
    x += entry.width + 22
  }
  return { width, height: y + fontSize.label + 4, content }
}

/**
 * Curves with markers, error bars and, for more than one, a legend above the frame. On a logarithmic y axis a bar that
 * reaches 0 or less runs to the foot of the frame without a cap. Throws {@link FigureError} `EMPTY`, `LENGTH_MISMATCH`,
 * `NON_FINITE`, `LOG_DOMAIN` or ValueError.
 */
export const linePlot = (options: LinePlotOptions): Figure => {
  const given = checkOptions<LinePlotOptions>('linePlot', options, RULES, ['series'])
  const { series, title = '', width = 640, height = 380 } = given
  if (series.length === 0) throw new FigureError('EMPTY', 'series is empty: give at least one curve')
  const curves = series.map(curveOf)
  const { x: xOptions = {}, y: yOptions = {} } = given
  const xExtent = extentOf(curves, (point) => [point.x], false)
  const least = extentOf(curves, (point) => [point.y], false)[0]
  const logarithmic = yOptions.scale === 'log' && least > 0
  const yExtent = extentOf(curves, ({ y, low, high }) => [y, low, high], logarithmic)
  const x = axisOf('x', xOptions, xExtent, false, Math.floor(width / 70))
  const y = axisOf('y', yOptions, yExtent, true, Math.floor(height / 55))
  const frame = frameOf(curves, x, y, width, height)
  const legend = curves.length > 1 ? [legendOf(curves, frame.left, width)] : []
  return figureOf(inColumn([...legend, frame], 6), title)
}
