// Ctrl-C and SIGTERM, once and twice. The first asks, the second ends the process.
import { exitCodes } from './exit-codes.ts'

/** Signals this close to the first are the same keystroke, passed on by a parent process as well; in milliseconds. */
const SAME_KEYSTROKE = 300

/** Why a run ended. */
export class Interrupted extends Error {}

/** Does `work` with a signal that the first SIGINT, SIGTERM or SIGHUP aborts, by {@link Interrupted}. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let at: number | undefined
  const heard = (): void => {
    if (at === undefined) {
      at = performance.now()
      controller.abort(new Interrupted('interrupted'))
    } else if (performance.now() - at > SAME_KEYSTROKE) process.exit(exitCodes.interrupted)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, heard)
  try {
    return await work(controller.signal)
  } finally {
    for (const signal of signals) process.off(signal, heard)
  }
}
