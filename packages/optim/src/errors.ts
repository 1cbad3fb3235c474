// The error of this package beside those of @scatterlab/tensor (`ShapeError`, `DTypeError`, `ValueError`).
import { ScatterlabError } from '@scatterlab/tensor'

/** A value or a gradient is NaN or infinite, so that nothing can be compared with it. `code` is `NON_FINITE`. */
export class NonFiniteError extends ScatterlabError {
  /** At which iteration, from 0, the start. */
  readonly iteration: number
  constructor(iteration: number, message: string) {
    super('NON_FINITE', message)
    this.iteration = iteration
  }
}
