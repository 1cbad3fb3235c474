// The errors of the command. Both carry a stable `code`; their messages name the option or the file, and the fix.
import { ScatterlabError } from '@scatterlab/tensor'

/** What was asked for cannot be done as it was asked: nothing was computed. The command ends with exit code 2. */
export class UsageError extends ScatterlabError {}

/** The work cannot go on, such as for a full disk or a damaged shard. The command ends with exit code 1. */
export class CliError extends ScatterlabError {}
