// SVG to PNG in a page, by its own canvas; the text comes in DejaVu Sans where the page has it, else in its nearest
// relative. A worker has no way to decode an SVG: it gets an error that says what to do.

import { FigureError } from './errors.ts'
import type { Rasterise } from './raster.ts'

/** The PNG of an SVG, drawn by the page's canvas; throws {@link FigureError} `NO_CANVAS` where there is none. */
export const rasterise: Rasterise = async (svg, { width, height, scale }) => {
  if (typeof document === 'undefined') {
    throw new FigureError('NO_CANVAS', 'png() needs a page: hand `svg` to the page and draw it there, or run in Node')
  }
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  const context = canvas.getContext('2d')
  if (context === null) throw new FigureError('NO_CANVAS', 'this page gives no 2-D canvas context: use `svg` instead')
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (blob === null)
    throw new FigureError('NO_CANVAS', `a ${canvas.width}×${canvas.height} canvas is too large: lower scale`)
  return new Uint8Array(await blob.arrayBuffer())
}
