// SVG to PNG outside a page: resvg with the bundled DejaVu Sans and no font of the machine. Not for browsers, where
// the import `#raster` leads to `raster.browser.ts`.

import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'
import type { Rasterise } from './raster.ts'
import { squarePixels } from './svg.ts'

const require = createRequire(import.meta.url)
const fontFile = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')

/** The PNG of an SVG, drawn by resvg. */
export const rasterise: Rasterise = async (svg, { scale }) => {
  const family = 'DejaVu Sans'
  const font = {
    fontFiles: [fontFile],
    loadSystemFonts: false,
    defaultFontFamily: family,
    sansSerifFamily: family,
  }
  // resvg takes a style that it does not know for smooth, and then ignores the attribute
  const readable = svg.replaceAll(squarePixels, '')
  return new Uint8Array(new Resvg(readable, { font, fitTo: { mode: 'zoom', value: scale } }).render().asPng())
}
