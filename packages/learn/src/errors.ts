// The errors of this package beside those of @scatterlab/tensor (`ShapeError`, `ValueError`): data that cannot be
// learnt from, and iterations that did not reach their tolerance.
import { ScatterlabError } from '@scatterlab/tensor'

/** The features or the labels themselves are unfit: a count that differs, a NaN, an empty class. `code` is `DATA`. */
export class DataError extends ScatterlabError {
  constructor(message: string) {
    super('DATA', message)
  }
}

/** An iteration ended before its tolerance; the message says how far it came. `code` is `CONVERGENCE`. */
export class ConvergenceError extends ScatterlabError {
  constructor(message: string) {
    super('CONVERGENCE', message)
  }
}
