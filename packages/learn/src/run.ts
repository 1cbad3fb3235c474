// What everything long has in common: the back end that multiplies, interruption, and progress. Not a scheduler.
import { type Backend, reference } from '@scatterlab/tensor'

/** How far a long computation is: `done` of `total` units of the named stage. */
export interface Progress {
  readonly stage: string
  readonly done: number
  readonly total: number
}

/** Options of everything that takes long. */
export interface RunOptions {
  /** Who computes the large matrix products; default the reference. */
  readonly backend?: Backend
  /** Ends the computation at its next step: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Called after each step. */
  readonly onProgress?: (progress: Progress) => void
}

/** Run options with the back end settled, and the pauses between two pieces of work. */
export interface Run {
  readonly backend: Backend
  /** Lets timers and pages have their turn now and then, and throws the reason of an aborted signal. */
  breathe(): Promise<void>
  /** Reports progress, then breathes. */
  step(stage: string, done: number, total: number): Promise<void>
}

const BREATH = 40 // milliseconds between two returns to the event loop

/** Settles the options of one run. */
export function startRun(options: RunOptions, fallback: Backend = reference): Run {
  const { backend = fallback, signal, onProgress } = options
  let breathed = performance.now()
  signal?.throwIfAborted()

  async function breathe(): Promise<void> {
    if (performance.now() - breathed > BREATH) {
      await new Promise((resolve) => setTimeout(resolve, 0))
      breathed = performance.now()
    }
    signal?.throwIfAborted()
  }

  return {
    backend,
    breathe,
    async step(stage, done, total) {
      onProgress?.({ stage, done, total })
      await breathe()
    },
  }
}
