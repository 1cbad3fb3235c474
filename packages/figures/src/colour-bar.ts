// The legend of a colour map: an upright strip with ticks at its right.

import type { ColormapName } from './colormap.ts'
import { pngUrl } from './picture.ts'
import type { Limits } from './range.ts'
import { baselineShift, fontSize, hairlineAround, imageAt, ink, lineAt, textAt } from './svg.ts'
import type { Panel } from './panel.ts'
import { textWidth } from './text-width.ts'
import { formatNumber, linearTicks } from './ticks.ts'

const stripWidth = 12

/** The strip of `colormap` from limits[0] at the bottom to limits[1] at the top, `height` pixels high. */
export const colourBar = (colormap: ColormapName, limits: Limits, height: number): Panel => {
  const [low, high] = limits
  // the middles of the rows, from the top down, in a map over [0, 1]
  const rows = Float64Array.from({ length: height }, (_, row) => 1 - (row + 0.5) / height)
  const strip = { data: rows, height, width: 1, channels: 1, bytes: false } as const
  const ticks = high > low ? linearTicks(limits, Math.min(5, Math.max(2, height / 40))) : []
  const labels = ticks.map(formatNumber)
  const marks = ticks.map((tick, i) => {
    const y = height * (1 - (tick - low) / (high - low))
    const label = textAt(stripWidth + 8, y + baselineShift(fontSize.tick), labels[i]!, {
      size: fontSize.tick,
      fill: ink.tick,
    })
    return lineAt(stripWidth + 1, y, stripWidth + 5, y, ink.axis) + label
  })
  return {
    width: Math.ceil(stripWidth + 8 + Math.max(0, ...labels.map((label) => textWidth(label, fontSize.tick)))),
    height,
    content:
      imageAt(0, 0, stripWidth, height, pngUrl(strip, [0, 1], colormap)) +
      hairlineAround(0, 0, stripWidth, height) +
      marks.join(''),
  }
}
