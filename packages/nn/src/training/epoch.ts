// The end of an epoch: its validation, its record, and what follows from them.
import { type Rule, checkArgument } from '@scatterlab/tensor'
import { DivergedError, NonFiniteError } from './diverged.ts'
import { type Score, evaluate } from './evaluate.ts'
import { copyOfWeights, overwrite } from '../checkpoints/named-arrays.ts'
import type { EpochRecord, TrainingRun } from '../checkpoints/training-checkpoint.ts'
import type { Training } from './training.ts'

/** Closes the epoch that began at `began`, by the clock of `performance`; `complete` if it was not cut by the number of steps. */
export async function closeEpoch<T>(training: Training<T>, complete: boolean, began: number): Promise<void> {
  const { settings, run } = training
  const { schedule, metric, patience, onProgress } = settings
  const { position } = run
  const { epoch, step, lossSum, items, rate } = position
  const validation = await validate(training)
  const seconds = (performance.now() - began) / 1000
  const figures = { epoch, step, loss: lossSum / items, rate, validation, complete, seconds }
  const record: EpochRecord = { ...figures, metric: metric(figures) }
  checkArgument('fit: what metric gives', record.metric, aNumber)
  const best = position.best === null || record.metric < position.best.metric
  if (best) position.best = { epoch, metric: record.metric }
  if (best && patience < Infinity) keepBest(run)
  position.history.push(record)
  if (complete) {
    if (schedule.observe) position.schedule = schedule.observe(record.metric, position.schedule, epoch)
    Object.assign(position, { epoch: epoch + 1, batch: 0, items: 0, lossSum: 0 })
  }
  onProgress({ kind: 'epoch', ...record, best })
}

const aNumber: Rule = (value) => (typeof value === 'number' && !Number.isNaN(value) ? undefined : 'a number')

async function validate<T>({ network, settings, run }: Training<T>): Promise<Score | null> {
  const { validation, onProgress, loss, countErrors, signal } = settings
  if (validation === undefined) return null
  try {
    const { predictions: _, ...score } = await evaluate(network, run.average ?? run.weights, validation(), {
      loss,
      countErrors,
      ...(signal && { signal }),
      onProgress: (items) => onProgress({ kind: 'validation', epoch: run.position.epoch, items }),
    })
    return score
  } catch (error) {
    throw error instanceof NonFiniteError ? new DivergedError(error, run) : error
  }
}

function keepBest(run: TrainingRun): void {
  const found = run.average ?? run.weights
  const { parameters, state } = found
  if (run.bestWeights) {
    overwrite(run.bestWeights.parameters, parameters)
    overwrite(run.bestWeights.state, state)
  } else run.bestWeights = copyOfWeights(found)
}
