// The errors of the runner. Both carry a stable `code`; their messages name what was given and the fix.
import { ScatterlabError } from '@scatterlab/tensor'

/** What was asked for does not exist: `NO_SUCH_APP`, `BAD_OPTION`. The command ends with exit code 2. */
export class UsageError extends ScatterlabError {}

/**
 * A run cannot go on: `BAD_EXPERIMENT` (a declaration lacks something), `BAD_ROW`, `BAD_FILE_NAME`,
 * `BAD_CHECKPOINT`, `BACKEND_UNAVAILABLE`, `APP_DOES_NOT_LOAD`. The command ends with exit code 1.
 */
export class ReproError extends ScatterlabError {}
