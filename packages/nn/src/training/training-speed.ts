// How fast a network trains here, measured before a long training begins.
import { aFunction, wholeNumber, checkArgument } from '@scatterlab/tensor'
import { isRecord } from '../arguments.ts'
import { fit } from './fit.ts'
import type { FitOptions, StepEvent } from './fit-options.ts'
import { release } from '../checkpoints/named-arrays.ts'
import type { Network } from '../network.ts'

/** How the training that is timed goes. */
export interface TrainingSpeedOptions<T = ArrayLike<number>> extends Omit<
  FitOptions<T>,
  'weights' | 'epochs' | 'validation' | 'metric' | 'patience' | 'checkpoint' | 'resume'
> {
  /** How many steps are timed, after one that warms up (default 4, at most 1000). */
  readonly steps?: number
}

/** Medians over some steps, the making of their batches included. */
export interface TrainingSpeed {
  /** Items of a step over its time. */
  readonly imagesPerSecond: number
  /** Wall-clock time of a step. */
  readonly secondsPerStep: number
}

/**
 * Times a few steps of `fit` with these options, and throws what they learned away. So many images of a whole training will take
 * images / imagesPerSecond. Rejects as `fit` does.
 */
export async function trainingSpeed<T = ArrayLike<number>>(
  network: Network,
  options: TrainingSpeedOptions<T>,
): Promise<TrainingSpeed> {
  checkArgument('trainingSpeed: options', options, (value) => (isRecord(value) ? undefined : 'the options of fit'))
  const { steps = 4, onProgress, ...training } = options
  checkArgument('trainingSpeed: steps', steps, wholeNumber(1, 1000))
  if (onProgress !== undefined) checkArgument('trainingSpeed: onProgress', onProgress, aFunction)
  const taken: StepEvent[] = []
  const { weights } = await fit(network, {
    ...training,
    steps: steps + 1,
    onProgress(event) {
      if (event.kind === 'step') taken.push(event)
      onProgress?.(event)
    },
  })
  release({ ...weights.parameters, ...weights.state })
  const timed = taken.slice(1)
  return {
    imagesPerSecond: median(timed.map(({ items, seconds }) => items / seconds)),
    secondsPerStep: median(timed.map(({ seconds }) => seconds)),
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]
