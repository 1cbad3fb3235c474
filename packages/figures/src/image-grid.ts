// Images in rows and columns with a caption under each: the digits that a classifier got wrong, samples, patches.

import type { ColormapName } from './colormap.ts'
import { checkOptions, type Rules } from '@scatterlab/tensor'
import { FigureError } from './errors.ts'
import { aColormap, aRange, count, pictures, text, texts } from './rules.ts'
import { figureOf } from './figure.ts'
import type { Figure } from './figure.ts'
import { planesOf, pngUrl } from './picture.ts'
import type { Pictures } from './picture.ts'
import { resolveRange } from './range.ts'
import type { Range } from './range.ts'
import { captioned, gridOf } from './panel.ts'
import { hairlineAround, imageAt } from './svg.ts'

/** Options of {@link imageGrid}. */
export interface ImageGridOptions {
  /** Grey images [height, width] or colour ones [height, width, 3], as a list or as one batch. */
  readonly images: Pictures
  /** One line of text under each image. */
  readonly captions?: readonly string[]
  /** Images in a row; default: all up to 5, else a grid wider than high, at most 10. */
  readonly columns?: number
  /** Which values are the first and last colour; default 0…255 for bytes, else `shared`. */
  readonly range?: Range
  /** The colours of grey images; default `gray`. */
  readonly colormap?: ColormapName
  /** Pixels of the figure per pixel of an image, a whole number; default: tiles of about 84 pixels. */
  readonly scale?: number
  /** One line above the grid; default: none. */
  readonly title?: string
}

const RULES: Rules<ImageGridOptions> = {
  images: pictures,
  captions: texts,
  columns: count,
  range: aRange,
  colormap: aColormap,
  scale: count,
  title: text,
}
const gap = 10

/**
 * A grid of images with captions. Throws {@link FigureError} `EMPTY`, `SHAPE_MISMATCH`, `NON_FINITE`, `LENGTH_MISMATCH`
 * (captions) or ValueError.
 */
export const imageGrid = (options: ImageGridOptions): Figure => {
  const given = checkOptions<ImageGridOptions>('imageGrid', options, RULES, ['images'])
  const planes = planesOf('images', given.images)
  const { captions, colormap = 'gray', title = '' } = given
  if (captions !== undefined && captions.length !== planes.length) {
    throw new FigureError(
      'LENGTH_MISMATCH',
      `captions has ${captions.length} texts for ${planes.length} images: give one each`,
    )
  }
  const byDefault = planes.length <= 5 ? planes.length : Math.min(10, Math.ceil(Math.sqrt(planes.length * 1.8)))
  const columns = Math.min(planes.length, given.columns ?? byDefault)
  const widest = Math.max(...planes.map(({ width }) => width))
  const scale = given.scale ?? Math.max(1, Math.round(84 / widest))
  const range = given.range ?? (planes.every(({ bytes }) => bytes) ? [0, 255] : 'shared')
  const limits = resolveRange(range, planes, colormap === 'diverging')
  const tiles = planes.map((plane, i) => {
    const [width, height] = [plane.width * scale, plane.height * scale]
    const content =
      imageAt(0, 0, width, height, pngUrl(plane, limits[i]!, colormap)) + hairlineAround(0, 0, width, height)
    const tile = { width, height, content }
    return captions === undefined ? tile : captioned(tile, captions[i]!)
  })
  return figureOf(gridOf(tiles, columns, gap), title)
}
