// Long computations take turns with timers and pages, and end when they are told to.

const TURN = 40 // milliseconds between two returns to the event loop, each of about one

/** The pauses of one computation. */
export interface Turns {
  /** Gives the event loop its turn if it is time, then throws the reason of an aborted signal. */
  next(): Promise<void>
}

/** Begins a computation. Throws the reason of a signal that is aborted already. */
export function startTurns(signal: AbortSignal | undefined): Turns {
  let last = performance.now()
  signal?.throwIfAborted()
  return {
    async next() {
      if (performance.now() - last > TURN) {
        await new Promise((resolve) => setTimeout(resolve, 0))
        last = performance.now()
      }
      signal?.throwIfAborted()
    },
  }
}
