// What every plot of this package returns: an SVG as text, and the same picture as PNG on demand. The drawing itself
// happens elsewhere; here are the page around it (background, title, margins) and the way to pixels.

import { checkOptions, numberFrom, positive, ValueError } from '@scatterlab/tensor'
import { MOST_SIDE } from './rules.ts'
import { place } from './panel.ts'
import type { Panel } from './panel.ts'
import { escapeXml, fontSize, ink, num, textAt } from './svg.ts'
import { textWidth } from './text-width.ts'

/** Options of {@link Figure.png}. */
export interface PngOptions {
  /** Pixels of the PNG per pixel of the SVG, above 0 and at most 16; default 2. */
  readonly scale?: number
}

/** A finished figure, the same bytes for the same input on every machine. */
export interface Figure {
  /** The whole picture as one SVG element; text in DejaVu Sans, images embedded. */
  readonly svg: string
  /** Width in pixels at scale 1. */
  readonly width: number
  /** Height in pixels at scale 1. */
  readonly height: number
  /**
   * The picture as a PNG file, `scale` times as large. In Node the text is set in the bundled DejaVu Sans, never in a
   * font of the machine; in a page the page's canvas draws it. Throws ValueError for a scale that
   * is not in (0, 16], `NO_CANVAS` in a worker of a page.
   */
  png(options?: PngOptions): Promise<Uint8Array>
}

/** Of a PNG. */
const MOST_PIXELS = 2 ** 25
const most16 = numberFrom(0, 16)

const margin = 16
const family = "'DejaVu Sans', Verdana, sans-serif"

/** The figure that shows `panel` under `title` on white, with a margin around both. */
export const figureOf = (panel: Panel, title = ''): Figure => {
  const heading = title === '' ? 0 : fontSize.title + 13
  const width = Math.ceil(Math.max(panel.width, textWidth(title, fontSize.title)) + 2 * margin)
  const height = Math.ceil(panel.height + heading + 2 * margin)
  if (!(width <= MOST_SIDE && height <= MOST_SIDE)) {
    const fix = `a side has at most ${MOST_SIDE}: lower the sizes or scale, draw less, or shorten texts`
    throw new ValueError(`the figure would have ${width}×${height} pixels: ${fix}`)
  }
  const left = Math.floor((width - panel.width) / 2)
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${num(width)}" height="${num(height)}" ` +
    `viewBox="0 0 ${num(width)} ${num(height)}" font-family="${family}" role="img">` +
    (title === '' ? '' : `<title>${escapeXml(title)}</title>`) +
    `<rect width="${num(width)}" height="${num(height)}" fill="#ffffff"/>` +
    (title === ''
      ? ''
      : textAt(width / 2, margin + fontSize.title - 2, title, {
          size: fontSize.title,
          anchor: 'middle',
          fill: ink.title,
        })) +
    `${place(left, margin + heading, panel)}</svg>`
  return {
    svg,
    width,
    height,
    async png(options) {
      const { scale = 2 } = checkOptions<PngOptions>('png', options, {
        scale: (value) => positive(value) ?? most16(value),
      })
      if (width * height * scale ** 2 > MOST_PIXELS) {
        const size = `${Math.round(width * scale)}×${Math.round(height * scale)}`
        throw new ValueError(`scale is ${scale}: the PNG would have ${size} pixels, more than ${MOST_PIXELS}: lower it`)
      }
      const { rasterise } = await import('#raster')
      return rasterise(svg, { width, height, scale })
    },
  }
}
