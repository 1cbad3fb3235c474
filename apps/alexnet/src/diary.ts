// What is kept of a training while it runs: a line an epoch, the losses for the curve.
import type { EpochRecord, FitEvent } from '@scatterlab/nn'

/** A training loss and when it was. */
export interface Loss {
  /** Since the start, in passes over the training set. */
  readonly epoch: number
  readonly loss: number
}

/** Listens to a training. */
export interface Diary {
  readonly onProgress: (event: FitEvent) => void
  /** The loss of each step. */
  readonly steps: readonly Loss[]
}

/** Logs every epoch, and keeps the losses; what happens also goes to `host`, if one is given. */
export function diary(
  stepsPerEpoch: number,
  log: (line: string) => void,
  host?: { onProgress(event: FitEvent): void },
): Diary {
  const steps: Loss[] = []
  return {
    steps,
    onProgress(event) {
      host?.onProgress(event)
      if (event.kind === 'step') steps.push({ epoch: event.step / stepsPerEpoch, loss: event.loss })
      if (event.kind !== 'epoch') return
      const { epoch, loss, validation, rate, seconds } = event
      const held = validation ? `, validation error ${(100 * validation.errorRate).toFixed(1)} %` : ''
      const took = `rate ${rate.toPrecision(2)}, ${seconds.toFixed(0)} s`
      log(`epoch ${epoch + 1}: training loss ${loss.toFixed(3)}${held}, ${took}`)
    },
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
