// Ctrl-C, once and twice. The first asks; the second ends the process.

/** Signals this close to the first are the same keystroke, passed on by a parent process as well; in milliseconds. */
const sameKeystroke = 300

/** What became of Ctrl-C. */
export interface Interrupt {
  happened(): boolean
  /** Resolves `milliseconds` after the first interruption; never without one. */
  longAgo(milliseconds: number): Promise<undefined>
}

/** Calls `ask` at the first SIGINT or SIGTERM; ends the process with exit code 130 at the second. */
export function onInterrupt(ask: () => void): Interrupt {
  let at: number | undefined
  const first = Promise.withResolvers<void>()
  const heard = () => {
    if (at === undefined) {
      at = performance.now()
      ask()
      first.resolve()
    } else if (performance.now() - at > sameKeystroke) process.exit(130)
  }
  process.on('SIGINT', heard)
  process.on('SIGTERM', heard)
  return {
    happened: () => at !== undefined,
    async longAgo(milliseconds) {
      await first.promise
      await new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
      return undefined
    },
  }
}
