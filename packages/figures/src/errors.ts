// The one error of this package. Its `code` is stable; its text names the option, the value and the fix.
import { ScatterlabError } from '@scatterlab/tensor'

/** What went wrong, for code that reacts to it. */
export type FigureErrorCode = 'EMPTY' | 'LENGTH_MISMATCH' | 'SHAPE_MISMATCH' | 'NON_FINITE' | 'LOG_DOMAIN' | 'NO_CANVAS'

/**
 * Thrown for input that cannot be drawn; `code` says why, the message names the option and the fix. An option out of range
 * is a `ValueError` of `@scatterlab/tensor`.
 */
export class FigureError extends ScatterlabError {
  /** What is wrong with the figure, one of a fixed list; see `FigureErrorCode`. */
  declare readonly code: FigureErrorCode

  constructor(code: FigureErrorCode, message: string) {
    super(code, message)
  }
}
