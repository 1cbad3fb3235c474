// A picture of one's own: SVG that the caller drew, in the frame, font and formats of the other figures.

import { FigureError } from './errors.ts'
import { figureOf } from './figure.ts'
import type { Figure } from './figure.ts'

/** Options of {@link drawing}. */
export interface DrawingOptions {
  /** SVG elements in a frame of `width` by `height` pixels with its origin at the top left. Text must be escaped. */
  readonly content: string
  readonly width: number
  readonly height: number
  readonly title?: string
}

/**
 * A diagram drawn by the caller as a {@link Figure}, for what no other plot here shows. Text without a font of its own is set
 * in the figures' own. Throws {@link FigureError} `bad-option` for a size that is not above 0.
 *
 * @example drawing({ width: 40, height: 20, content: '<rect width="40" height="20" fill="#4477aa"/>' })
 */
export const drawing = ({ content, width, height, title = '' }: DrawingOptions): Figure => {
  for (const [option, size] of Object.entries({ width, height })) {
    if (!(size > 0 && size < Infinity)) throw new FigureError('BAD_OPTION', `${option} is ${size}: give pixels above 0`)
  }
  return figureOf({ content, width, height }, title)
}
