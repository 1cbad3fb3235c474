// Ctrl-C, once and twice. The first asks; the second ends the process.

/** Signals this close to the first are the same keystroke, passed on by a parent process as well; in milliseconds. */
const sameKeystroke = 300

/**
 * Aborted at the first SIGINT, SIGTERM or SIGHUP, which comes when a terminal is closed; the second ends the process with exit
 * code 130.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  let at: number | undefined
  const heard = () => {
    if (at === undefined) {
      at = performance.now()
      controller.abort()
    } else if (performance.now() - at > sameKeystroke) process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, heard)
  return controller.signal
}
