// What a run lends to a training loop: progress by steps, interruption, a place for its checkpoint. It knows no network: `fit` of
// @scatterlab/nn takes the parts as they are.
import type { Phase, RunContext } from './experiment.ts'

/** Options of a training loop that belong to the run it is part of. */
export interface TrainingHost {
  readonly signal: AbortSignal
  /** What an interrupted run left, if the user asked to resume. */
  readonly resume?: Uint8Array
  readonly checkpoint: { save(bytes: Uint8Array): void }
  /** Counts the steps. */
  onProgress(event: { readonly kind: string; readonly step?: number }): void
}

/**
 * Ties a training loop of `steps` steps to its run: `fit(network, { …, ...(await trainingHost(context, 'lenet', steps)) })`. A resumed
 * loop counts what is left.
 */
export async function trainingHost(
  { progress, signal, output, checkpoint }: Pick<RunContext<unknown>, 'progress' | 'signal' | 'output' | 'checkpoint'>,
  name: string,
  steps: number,
): Promise<TrainingHost> {
  const resume = await checkpoint(name)
  let phase: Phase | undefined
  return {
    signal,
    ...(resume && { resume }),
    checkpoint: { save: (bytes) => output.checkpoint(name, bytes) },
    onProgress({ kind, step }) {
      if (kind !== 'step' || step === undefined) return
      phase ??= progress.phase(`training ${name}`, steps - step + 1)
      phase.advance()
      if (step === steps) phase.done()
    },
  }
}
