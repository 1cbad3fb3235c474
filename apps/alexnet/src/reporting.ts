// What a training tells while it runs: a progress bar by steps, a line an epoch, the losses for the curve.
import type { EpochRecord, FitEvent } from '@scatterlab/nn'
import type { Phase } from '@scatterlab/repro'

/** A training loss and when it was. */
export interface Loss {
  /** Since the start, in passes over the training set. */
  readonly epoch: number
  readonly loss: number
}

/** Listens to a training. */
export interface Reporter {
  readonly onProgress: (event: FitEvent) => void
  /** The loss of each step. */
  readonly steps: readonly Loss[]
  done(): void
}

/** Advances the phase by steps, those before a resumption at once; logs every epoch. */
export function reporter(phase: Phase, stepsPerEpoch: number, log: (line: string) => void): Reporter {
  const steps: Loss[] = []
  let taken = 0
  return {
    steps,
    onProgress(event) {
      if (event.kind === 'epoch') {
        const { epoch, loss, validation, rate, seconds } = event
        const held = validation ? `, validation error ${(100 * validation.errorRate).toFixed(1)} %` : ''
        log(
          `epoch ${epoch + 1}: training loss ${loss.toFixed(3)}${held}, rate ${rate.toPrecision(2)}, ${seconds.toFixed(0)} s`,
        )
      }
      if (event.kind !== 'step') return phase.advance(0)
      const { step, loss } = event
      steps.push({ epoch: step / stepsPerEpoch, loss })
      phase.advance(step - taken)
      taken = step
    },
    done: () => phase.done(),
  }
}

/** The curve of a training: by epochs where there are many, else by the means of some steps. */
export function lossesOf(history: readonly EpochRecord[], steps: readonly Loss[]): Loss[] {
  if (history.length >= 10) return history.map(({ epoch, loss }) => ({ epoch: epoch + 1, loss }))
  const each = Math.max(1, Math.ceil(steps.length / 40))
  return Array.from({ length: Math.floor(steps.length / each) }, (_, i) => {
    const some = steps.slice(i * each, (i + 1) * each)
    return { epoch: some.at(-1)!.epoch, loss: some.reduce((sum, { loss }) => sum + loss, 0) / each }
  })
}
