// The command: reads its arguments, does what they ask for, and gives the exit code.
import { ScatterlabError, ValueError } from '@scatterlab/tensor'
import { CommanderError } from 'commander'
import { UsageError } from './errors.ts'
import { exitCodes } from './exit-codes.ts'
import { program } from './program.ts'

/** Runs `scatterlab` with `argv` (without node and script) and gives its exit code; see {@link exitCodes}. */
export async function command(argv: readonly string[]): Promise<number> {
  try {
    let code: number = exitCodes.done
    await program((ended) => (code = ended)).parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.askedWrongly
    process.stderr.write(`${inWords(error)}\n`)
    // a value that a package refuses, it refuses before any work
    return error instanceof UsageError || error instanceof ValueError ? exitCodes.askedWrongly : exitCodes.failed
  }
}

/** The message alone of an error that names its fix; the stack of any other: that is a bug. */
const inWords = (error: unknown): string =>
  error instanceof ScatterlabError
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error)
