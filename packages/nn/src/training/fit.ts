// The training loop: passes, validation, early stop, checkpoints. What a step computes is in training-step.ts, how it is watched in
// watched-steps.ts, where a run stands in training-checkpoint.ts, the rule by which weights change in the optimizer.
import { constant } from '@scatterlab/optim'
import { random } from '@scatterlab/tensor'
import { type Batch, EmptyPassError } from './batch.ts'
import { CheckpointError } from '../checkpoints/checkpoint-error.ts'
import { DivergedError, type NonFinite, firstNonFinite, lastNonFinite } from './diverged.ts'
import { type Score, evaluate } from './evaluate.ts'
import { type FitOptions, type FitResult, checkFitOptions, defaultMetric } from './fit-options.ts'
import { copyOf, overwrite, release } from '../checkpoints/named-arrays.ts'
import type { Network } from '../network.ts'
import { objectiveOf } from './objective.ts'
import { type EpochRecord, type TrainingRun, decodeRun, encodeRun } from '../checkpoints/training-checkpoint.ts'
import { startTurns } from './turns.ts'
import { watchedSteps } from './watched-steps.ts'

const START = { step: 0, rate: 0, epoch: 0, batch: 0, items: 0, lossSum: 0, batchesPerEpoch: null, best: null }

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
  checkFitOptions(options)
  const { optimizer, seed = 0, epochs = Infinity, steps = Infinity, patience = Infinity, signal, checkpoint } = options
  const { batches, validation, schedule = constant(), clip, metric = defaultMetric, onProgress } = options
  const { loss, check } = objectiveOf(network, options)
  const identity = { network, optimizer, seed }
  const turns = startTurns(signal)
  const run = options.resume ? decodeRun(options.resume, identity, options) : firstRun()
  const { position, weights } = run
  const watched = watchedSteps<T>(network, weights)
  let saved = options.resume ? position.step + position.epoch : null

  function firstRun(): TrainingRun {
    const { dtype = 'float32', backend } = options
    const place = { dtype, ...(backend && { backend }) }
    const weights = options.weights ?? network.initialise(random(`${seed}/weights`), place)
    return {
      position: { ...START, schedule: schedule.initial, history: [] },
      weights,
      optimizer: optimizer.init(weights.parameters),
      bestWeights: null,
    }
  }

  const waited = (): number => (position.best === null ? 0 : position.epoch - 1 - position.best.epoch)
  const diverged = (where: NonFinite): DivergedError => new DivergedError(where, { ...position, weights })

  /** One step. Gives its loss; throws if a number is not finite. */
  async function step(batch: Batch<T>): Promise<number> {
    const { step } = position
    const rate = schedule.rate(optimizer.rate, step, position.schedule)
    const found = await watched.take({
      batch,
      loss,
      random: () => random(`${seed}/dropout/${step}`),
      update(gradients) {
        clip?.(gradients)
        return (run.optimizer = optimizer.update(weights.parameters, gradients, run.optimizer, { rate }))
      },
    })
    if (typeof found !== 'number') throw diverged(found)
    position.rate = rate
    return found
  }

  /** The rest of a pass. Gives false if the steps ran out within it. */
  async function trainPass(): Promise<boolean> {
    const { epoch } = position
    const pass = { epoch, random: random(`${seed}/batches/${epoch}`), ...(signal && { signal }) }
    let began = performance.now()
    let [index, seen, taken] = [0, 0, 0]
    for await (const batch of batches(pass)) {
      if (position.step >= steps) return false
      await turns.next()
      if (index++ < position.batch) {
        began = performance.now()
        continue
      }
      check(batch, `batch ${index - 1} of epoch ${epoch}`)
      const L = await step(batch)
      const items = batch.images.shape[0]
      position.step++
      position.batch = index
      position.items += items
      position.lossSum += items * L
      const seconds = (performance.now() - began) / 1000
      const totalSteps = stepsOfRun()
      seen += items
      taken++
      const figures = { step: position.step, epoch, batch: index, loss: L, rate: position.rate, images: position.items }
      const secondsLeft = totalSteps === null ? null : (Math.max(0, totalSteps - position.step) * seconds) / taken
      onProgress?.({ kind: 'step', ...figures, imagesPerSecond: seen / seconds, totalSteps, secondsLeft })
      if (typeof checkpoint?.every === 'number' && position.step % checkpoint.every === 0) await save()
    }
    if (index === 0) throw new EmptyPassError(`the pass of epoch ${epoch}`)
    if (index < position.batch) {
      const what = `the pass of epoch ${epoch} has ${index} batches, the checkpoint was made after ${position.batch}`
      throw new CheckpointError('DATA', `${what}: resume with the same batches`)
    }
    position.batchesPerEpoch = index
    return true
  }

  function stepsOfRun(): number | null {
    const { batchesPerEpoch } = position
    const total = Math.min(steps, batchesPerEpoch === null ? Infinity : batchesPerEpoch * epochs)
    return total === Infinity || (batchesPerEpoch === null && epochs !== Infinity) ? null : total
  }

  /** Validation, what follows from it, and the record of the epoch. */
  async function closeEpoch(complete: boolean, began: number): Promise<void> {
    const { epoch, step, lossSum, items, rate } = position
    const score = await validate(epoch)
    const seconds = (performance.now() - began) / 1000
    const figures = { epoch, step, loss: lossSum / items, rate, validation: score, complete, seconds }
    const record: EpochRecord = { ...figures, metric: metric(figures) }
    const best = position.best === null || record.metric < position.best.metric
    if (best) {
      position.best = { epoch, metric: record.metric }
      if (patience < Infinity) keepBest()
    }
    position.history.push(record)
    if (complete) {
      if (schedule.observe) position.schedule = schedule.observe(record.metric, position.schedule, epoch)
      Object.assign(position, { epoch: epoch + 1, batch: 0, items: 0, lossSum: 0 })
    }
    onProgress?.({ kind: 'epoch', ...record, best })
  }

  async function validate(epoch: number): Promise<Score | null> {
    if (validation === undefined) return null
    const { predictions: _, ...score } = await evaluate(network, weights, validation(), {
      ...options,
      onProgress: (items) => onProgress?.({ kind: 'validation', epoch, items }),
    })
    if (Number.isFinite(score.loss)) return score
    let where: NonFinite = { layer: '', quantity: 'loss' }
    for await (const { images } of validation()) {
      where = await firstNonFinite(network, weights, images, { training: false })
      if (where.quantity !== 'loss') break
    }
    throw diverged(where)
  }

  function keepBest(): void {
    if (run.bestWeights) {
      overwrite(run.bestWeights.parameters, weights.parameters)
      overwrite(run.bestWeights.state, weights.state)
    } else run.bestWeights = { parameters: copyOf(weights.parameters), state: copyOf(weights.state) }
  }

  async function save(): Promise<void> {
    if (!checkpoint) return
    const broken = await lastNonFinite({ ...weights.parameters, ...weights.state }, 'weights')
    if (broken) throw diverged(broken)
    const { step, epoch, best } = position
    const bytes = await encodeRun(run, identity)
    await checkpoint.save(bytes, { step, epoch, best })
    saved = step + epoch
    onProgress?.({ kind: 'checkpoint', step, epoch, best, bytes: bytes.length })
  }

  const saveOnce = (): Promise<void> | undefined => (saved === position.step + position.epoch ? undefined : save())

  const reasonToStop = (): FitResult['stopped'] | null => {
    if (waited() >= patience) return 'patience'
    if (position.epoch >= epochs) return 'epochs'
    return position.step >= steps ? 'steps' : null
  }

  try {
    let stopped = reasonToStop()
    while (stopped === null) {
      const began = performance.now()
      const complete = await trainPass()
      // what a partial epoch comes to is no part of the run that goes on
      if (!complete) await saveOnce()
      await closeEpoch(complete, began)
      if (complete && (checkpoint?.every ?? 'epoch') === 'epoch') await save()
      stopped = complete ? reasonToStop() : 'steps'
      if (complete && stopped !== null) await saveOnce()
    }
    if (run.bestWeights) {
      overwrite(weights.parameters, run.bestWeights.parameters)
      overwrite(weights.state, run.bestWeights.state)
    }
    const { step, epoch, history, best } = position
    return { weights, step, epoch, history, best, stopped }
  } catch (error) {
    if (signal?.aborted && error === signal.reason) await saveOnce()
    throw error
  } finally {
    watched.end()
    release(run.optimizer.tensors)
    if (run.bestWeights) release({ ...run.bestWeights.parameters, ...run.bestWeights.state })
  }
}
