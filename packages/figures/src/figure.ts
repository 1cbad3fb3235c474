// What every plot of this package returns: an SVG as text, and the same picture as PNG on demand. The drawing itself
// happens elsewhere; here are the page around it (background, title, margins) and the way to pixels.

import { FigureError } from './errors.ts'
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
   * font of the machine; in a page the page's canvas draws it. Throws {@link FigureError} `bad-option` for a scale that
   * is not in (0, 16], `no-canvas` in a worker of a page.
   */
  png(options?: PngOptions): Promise<Uint8Array>
}

const margin = 16
const family = "'DejaVu Sans', Verdana, sans-serif"

/** The figure that shows `panel` under `title` on white, with a margin around both. */
export const figureOf = (panel: Panel, title = ''): Figure => {
  const heading = title === '' ? 0 : fontSize.title + 13
  const width = Math.ceil(Math.max(panel.width, textWidth(title, fontSize.title)) + 2 * margin)
  const height = Math.ceil(panel.height + heading + 2 * margin)
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
    async png({ scale = 2 } = {}) {
      if (!(scale > 0 && scale <= 16)) {
        throw new FigureError('BAD_OPTION', `scale is ${scale}: give a number above 0 and at most 16`)
      }
      const { rasterise } = await import('#raster')
      return rasterise(svg, { width, height, scale })
    },
  }
}
