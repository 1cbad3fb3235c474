// A picture of one's own: SVG that the caller drew, in the frame, font and formats of the other figures.

import { checkOptions, type Rules } from '@scatterlab/tensor'
import { pixels, text } from './rules.ts'
import { figureOf } from './figure.ts'
import type { Figure } from './figure.ts'

/** Options of {@link drawing}. */
export interface DrawingOptions {
  /** SVG elements in a frame of `width` by `height` pixels with its origin at the top left. Text must be escaped. */
  readonly content: string
  /** Pixels of the frame. */
  readonly width: number
  /** Pixels of the frame. */
  readonly height: number
  /** One line above the frame; default: none. */
  readonly title?: string
}

const RULES: Rules<DrawingOptions> = { content: text, width: pixels(1), height: pixels(1), title: text }

/**
 * A diagram drawn by the caller as a {@link Figure}, for what no other plot here shows. Text without a font of its own is set
 * in the figures' own. Throws ValueError for a size that is not above 0.
 *
 * @example drawing({ width: 40, height: 20, content: '<rect width="40" height="20" fill="#4477aa"/>' })
 */
export const drawing = (options: DrawingOptions): Figure => {
  const given = checkOptions<DrawingOptions>('drawing', options, RULES, ['content', 'width', 'height'])
  const { content, width, height, title = '' } = given
  return figureOf({ content, width, height }, title)
}
