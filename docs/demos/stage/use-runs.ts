// Runs of a demo, one at a time: a new one ends the one before it, and so does leaving the page.
import { type ShallowRef, onBeforeUnmount, shallowRef } from 'vue'

/** What runs, and how it is begun and ended. */
export interface Runs {
  /** The run on its way; null where none is. */
  readonly running: Readonly<ShallowRef<AbortController | null>>
  /** Ends the run before, and runs `body`, which hears of its own end by the signal. */
  begin(body: (signal: AbortSignal) => Promise<void>): Promise<void>
  stop(): void
}

/** `attempt` shows what goes wrong in a run. */
export function useRuns(attempt: (body: () => Promise<void>) => Promise<void>): Runs {
  const running = shallowRef<AbortController | null>(null)
  const stop = (): void => running.value?.abort()
  onBeforeUnmount(stop)
  return {
    running,
    stop,
    async begin(body) {
      stop()
      const mine = new AbortController()
      running.value = mine
      await attempt(() => body(mine.signal))
      if (running.value === mine) running.value = null
    },
  }
}
