// The one error of this package. Its `code` is stable; its text names the option, the value and the fix.
import { ScatterlabError } from '@scatterlab/tensor'

/** What went wrong, for code that reacts to it. */
export type FigureErrorCode =
  | 'EMPTY'
  | 'LENGTH_MISMATCH'
  | 'SHAPE_MISMATCH'
  | 'NON_FINITE'
  | 'LOG_DOMAIN'
  | 'BAD_OPTION'
  | 'NO_CANVAS'

/** Thrown for input that cannot be drawn; `code` says why, the message names the option and the fix. */
export class FigureError extends ScatterlabError {
  declare readonly code: FigureErrorCode

  constructor(code: FigureErrorCode, message: string) {
    super(code, message)
  }
}

/** `value`, or an error that names the option unless it is a whole number above 0. */
export const wholeNumber = (option: string, value: number): number => {
  if (Number.isInteger(value) && value >= 1) return value
  throw new FigureError('BAD_OPTION', `${option} is ${value}: give a whole number of at least 1`)
}
