// The errors of the runner. Both carry a stable `code`; their messages name what was given and the fix.
import { ScatterlabError } from '@scatterlab/tensor'

/**
 * What was asked for cannot be done: `NO_SUCH_APP`, `BAD_OPTION`, `BUSY` (another run has the results folder), `DAMAGED_CHECKPOINT`.
 * The command ends with exit code 2.
 */
export class UsageError extends ScatterlabError {}

/**
 * A run cannot go on: `BAD_EXPERIMENT` (a declaration lacks something), `BAD_ROW`, `BAD_FILE_NAME`,
 * `BAD_CHECKPOINT`, `NOT_WRITTEN`, `BACKEND_UNAVAILABLE`. In a page also `STOPPED`, and the code of the error that ended an experiment. The command ends with exit code 1.
 */
export class ReproError extends ScatterlabError {}

/** What `check` gives; its error becomes a {@link ReproError} of this code. */
export function within<T>(code: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    throw new ReproError(code, (error as Error).message, { cause: error })
  }
}
