// What a run lends to a training loop: its back end and seed, progress by steps, interruption, a place for its checkpoint. It knows no
// network: `fit` of @scatterlab/nn takes the parts as they are.
import {
  type Backend,
  type Rules,
  aFunction,
  aText,
  checkArgument,
  checkOptions,
  having,
  trueOrFalse,
  wholeNumber,
} from '@scatterlab/tensor'
import type { Phase, RunContext } from './experiment.ts'
import { duration } from './wording.ts'

/** What a training loop tells after a step or a pass. */
export interface TrainingEvent {
  /** `step` or `epoch`; others are passed over. */
  readonly kind: string
  /** Steps taken, this one included. */
  readonly step?: number
  /** Of the step's batch, or the mean of the pass. */
  readonly loss?: number
  /** From 0. */
  readonly epoch?: number
  /** Learning rate. */
  readonly rate?: number
  /** Time of the step or the pass. */
  readonly seconds?: number
  /** Of the pass; null without a validation set. */
  readonly validation?: {
    /** From 0 to 1. */
    readonly errorRate: number
  } | null
}

/** The loss of a step. */
export interface StepLoss {
  /** From 1. */
  readonly step: number
  /** Of the step's batch. */
  readonly loss: number
}

/** Options of a training loop that belong to the run it is part of. */
export interface TrainingHost {
  /** That of the run. */
  readonly backend: Backend
  /** That of the run. */
  readonly seed: number
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal
  /** What an interrupted run left, if the user asked to resume. */
  readonly resume?: Uint8Array
  /** Where the loop's checkpoint is kept. */
  readonly checkpoint: {
    /** Keeps the bytes, in the place of those before. */
    save(bytes: Uint8Array): void
    /** Steps from one checkpoint to the next; left out: the loop's own rule. */
    readonly every?: number
  }
  /** Counts the steps. */
  onProgress(event: TrainingEvent): void
}

/** How a training loop is watched. */
export interface TrainingHostOptions {
  /** Steps from one checkpoint to the next; by default the loop's own rule. */
  readonly every?: number
  /** Whether each pass is told in a line. */
  readonly tell?: boolean
  /** Hears the loss of each step. */
  readonly onLoss?: (loss: StepLoss) => void
}

const rules: Rules<TrainingHostOptions> = { every: wholeNumber(1), tell: trueOrFalse, onLoss: aFunction }

/**
 * Ties a training loop of `steps` steps to its run: `fit(network, { …, ...(await trainingHost(context, 'lenet', steps)) })`. A resumed
 * loop counts what is left.
 */
export async function trainingHost(
  context: Pick<RunContext<unknown>, 'backend' | 'seed' | 'signal' | 'progress' | 'log' | 'output' | 'checkpoint'>,
  name: string,
  steps: number,
  options: TrainingHostOptions = {},
): Promise<TrainingHost> {
  checkArgument('trainingHost: context', context, having('the context of a run', 'log', 'checkpoint'))
  checkArgument('trainingHost: name', name, aText)
  checkArgument('trainingHost: steps', steps, wholeNumber(1))
  const { every, tell = false, onLoss } = checkOptions('trainingHost', options, rules)
  const { backend, seed, signal, progress, log, output, checkpoint } = context
  const resume = await checkpoint(name)
  let phase: Phase | undefined
  return {
    backend,
    seed,
    signal,
    ...(resume && { resume }),
    checkpoint: { save: (bytes) => output.checkpoint(name, bytes), ...(every !== undefined && { every }) },
    onProgress(event) {
      const { kind, step, loss } = event
      if (kind === 'epoch' && tell) log(`${name}: ${passInWords(event)}`)
      if (kind !== 'step' || step === undefined) return
      phase ??= progress.phase(`training ${name}`, steps - step + 1)
      phase.advance()
      if (loss !== undefined) onLoss?.({ step, loss })
      if (step === steps) phase.done()
    },
  }
}

/** 'pass 3, loss 1.234, validation error 5.6 %, rate 0.010, 12.3 s', of what is known. */
function passInWords({ epoch, loss, validation, rate, seconds }: TrainingEvent): string {
  const known = (value: number | undefined, words: (value: number) => string) =>
    value === undefined ? [] : [words(value)]
  return [
    ...known(epoch, (n) => `pass ${n + 1}`),
    ...known(loss, (x) => `loss ${x.toFixed(4)}`),
    ...known(validation?.errorRate, (x) => `validation error ${(100 * x).toFixed(1)} %`),
    ...known(rate, (x) => `rate ${x.toPrecision(2)}`),
    ...known(seconds, duration),
  ].join(', ')
}
