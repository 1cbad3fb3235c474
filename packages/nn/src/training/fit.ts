// The training loop: epochs until there is a reason to stop. A pass is in pass.ts, the end of an epoch in epoch.ts, where a run stands in
// training-checkpoint.ts; the rule by which weights change is the optimizer's.
import { random, startTurns } from '@scatterlab/tensor'
import { checkpointsOf } from './checkpoints.ts'
import { closeEpoch } from './epoch.ts'
import type { FitOptions, FitResult } from './fit-options.ts'
import { type Settings, settingsOf } from './settings.ts'
import { allOf, copyOfWeights, overwrite, release } from '../checkpoints/named-arrays.ts'
import type { Network } from '../network.ts'
import { startPace } from './pace.ts'
import { trainPass } from './pass.ts'
import type { Training } from './training.ts'
import { type TrainingRun, decodeRun, optimizerState } from '../checkpoints/training-checkpoint.ts'
import { watchedSteps } from './watched-steps.ts'

/**
 * Trains a network, its weights in place. Every random number is drawn from the seed and the number of the epoch or the step, so that a
 * resumed run is the uninterrupted one, bit for bit on one back end. What it allocates is given back, but for the weights.
 *
 * Rejects with the signal's reason; `DivergedError` for a loss, gradient or weight that is not finite, the weights being those of the last
 * good step; `CheckpointError` for a checkpoint of another run; `ShapeError`, `LabelError` and `EmptyPassError` for batches that are none;
 * `ValueError` for options.
 *
 * @example
 * const { weights, history } = await fit(lenet, {
 *   batches: ({ random }) => batches(training, { size: 128, shuffle: random }),
 *   validation: () => batches(held, { size: 500 }),
 *   optimizer: sgd({ rate: 0.01, momentum: 0.9, decay: 0.0005 }),
 *   epochs: 10,
 * })
 */
export async function fit<T = ArrayLike<number>>(network: Network, options: FitOptions<T>): Promise<FitResult> {
  const settings = settingsOf(network, options)
  const { signal, resume } = settings
  const turns = startTurns(signal)
  const identity = { network, ...settings }
  const run = resume ? decodeRun(resume, identity, settings) : firstRun(network, settings)
  const steps = watchedSteps<T>(network, run.weights)
  const checkpoints = checkpointsOf(run, identity, settings)
  try {
    return await train({ network, settings, run, steps, checkpoints, turns, pace: startPace() })
  } catch (error) {
    if (signal?.aborted && error === signal.reason) await checkpoints.last()
    throw error
  } finally {
    steps.end()
    release(run.optimizer.tensors)
    for (const kept of [run.bestWeights, run.average]) if (kept) release(allOf(kept))
  }
}

/** The run before its first step. */
function firstRun<T>(network: Network, settings: Settings<T>): TrainingRun {
  const { seed, dtype = 'float32', backend, optimizer, schedule, averaging } = settings
  const place = { dtype, ...(backend && { backend }) }
  const weights = settings.weights ?? network.initialise(random(`${seed}/weights`), place)
  return {
    position: {
      step: 0,
      rate: 0,
      epoch: 0,
      batch: 0,
      items: 0,
      lossSum: 0,
      firstBatch: null,
      batchesPerEpoch: null,
      schedule: schedule.initial,
      best: null,
      history: [],
    },
    weights,
    optimizer: optimizerState(optimizer.init(weights.parameters)),
    bestWeights: null,
    average: averaging ? copyOfWeights(weights) : null,
    expectedBatch: null,
  }
}

/** Epoch after epoch. */
async function train<T>(training: Training<T>): Promise<FitResult> {
  const { run, checkpoints } = training
  const { position, weights } = run
  let stopped = reasonToStop(training)
  while (stopped === null) {
    const began = performance.now()
    if (await trainPass(training)) {
      await closeEpoch(training, true, began)
      await checkpoints.afterEpoch()
      stopped = reasonToStop(training)
      if (stopped !== null) await checkpoints.last()
    } else {
      // what a partial epoch comes to is no part of the run that goes on
      await checkpoints.last()
      await closeEpoch(training, false, began)
      stopped = 'steps'
    }
  }
  const final = run.bestWeights ?? run.average
  if (final) overwrite(allOf(weights), allOf(final))
  const { step, epoch, history, best } = position
  return { weights, step, epoch, history, best, stopped }
}

function reasonToStop<T>({ settings, run }: Training<T>): FitResult['stopped'] | null {
  const { epoch, step, best } = run.position
  const waited = best === null ? 0 : epoch - 1 - best.epoch
  if (waited >= settings.patience) return 'patience'
  if (epoch >= settings.epochs) return 'epochs'
  return step >= settings.steps ? 'steps' : null
}
