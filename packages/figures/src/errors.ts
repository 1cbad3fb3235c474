// The one error of this package. Its `code` is stable; its text names the option, the value and the fix.

/** What went wrong, for code that reacts to it. */
export type FigureErrorCode =
  | 'empty'
  | 'length-mismatch'
  | 'shape-mismatch'
  | 'non-finite'
  | 'log-domain'
  | 'bad-option'
  | 'no-canvas'

/** Thrown for input that cannot be drawn; `code` says why, the message names the option and the fix. */
export class FigureError extends Error {
  override readonly name: string = 'FigureError'
  readonly code: FigureErrorCode

  constructor(code: FigureErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** `value`, or an error that names the option unless it is a whole number above 0. */
export const wholeNumber = (option: string, value: number): number => {
  if (Number.isInteger(value) && value >= 1) return value
  throw new FigureError('bad-option', `${option} is ${value}: give a whole number of at least 1`)
}
