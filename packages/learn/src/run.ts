// What all long functions share: the back end that multiplies, interruption, and progress. Not a scheduler.
import { type Backend, type Rules, aBackend, aFunction, aSignal, reference, startTurns } from '@scatterlab/tensor'

/** How far a long computation is: `done` of `total` units of the named stage. */
export interface Progress {
  /** What is being done, in one word, such as `folds`. */
  readonly stage: string
  /** Units of this stage that are done, 0 to `total`. */
  readonly done: number
  /** Units of this stage. */
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

/** What `RunOptions` may be. */
export const runRules: Rules<RunOptions> = { backend: aBackend, signal: aSignal, onProgress: aFunction }

/** Settles the options of one run. */
export function startRun({ backend, signal, onProgress }: RunOptions, fallback: Backend = reference): Run {
  const turns = startTurns(signal)
  return {
    backend: backend ?? fallback,
    breathe: () => turns.next(),
    step(stage, done, total) {
      onProgress?.({ stage, done, total })
      return turns.next()
    },
  }
}
