// One pass over the training set, step by step. What a step computes is in training-step.ts, how it is watched in watched-steps.ts.
import { followWeights } from '@scatterlab/optim'
import { random, checkArgument } from '@scatterlab/tensor'
import { somePass } from '../arguments.ts'
import { type Batch, EmptyPassError } from './batch.ts'
import { CheckpointError } from '../checkpoints/checkpoint-error.ts'
import { DivergedError } from './diverged.ts'
import type { StepEvent } from './fit-options.ts'
import type { Speed } from './pace.ts'
import { allOf } from '../checkpoints/named-arrays.ts'
import type { Training } from './training.ts'
import { type TrainingRun, changedSettings, optimizerState } from '../checkpoints/training-checkpoint.ts'

/** Takes the steps of an epoch that are left, from wherever the run stands in it. Gives false if the run's steps end within it. */
export async function trainPass<T>(training: Training<T>): Promise<boolean> {
  const { settings, run, checkpoints, turns, pace } = training
  const { seed, signal, steps, batches, check } = settings
  const { position } = run
  const { epoch } = position
  const pass = batches({ epoch, random: random(`${seed}/batches/${epoch}`), ...(signal && { signal }) })
  checkArgument('fit: what batches gives', pass, somePass)
  let index = 0
  pace.begin()
  for await (const batch of pass) {
    if (position.step >= steps) return false
    await turns.next()
    check(batch, `batch ${index} of epoch ${epoch}`)
    if (index === 0) noteFirst(run, batch.images.shape[0])
    if (index++ < position.batch) {
      // a step of before the interruption
      pace.begin()
      continue
    }
    const loss = await takeStep(training, batch)
    const items = batch.images.shape[0]
    tell(training, { loss, items, ...pace.end(items) })
    await checkpoints.afterStep()
  }
  if (index === 0) throw new EmptyPassError(`the pass of epoch ${epoch}`)
  if (index < position.batch) {
    const what = `the pass of epoch ${epoch} has ${index} batches, the checkpoint was made after ${position.batch}`
    throw new CheckpointError('DATA', `${what}: resume with the same batches`)
  }
  position.batchesPerEpoch = index
  return true
}

/** Holds a resumed run to the size of its batches. */
function noteFirst(run: TrainingRun, items: number): void {
  const { expectedBatch, position } = run
  if (expectedBatch !== null && items !== expectedBatch) throw changedSettings([['batch size', expectedBatch, items]])
  run.expectedBatch = null
  position.firstBatch = items
}

/** One step and its place in the run's account. Gives its loss; throws `DivergedError`, nothing being changed. */
async function takeStep<T>({ settings, run, steps }: Training<T>, batch: Batch<T>): Promise<number> {
  const { seed, optimizer, schedule, clip, loss, smoothing, atOnce, averaging } = settings
  const { position, weights } = run
  const { step } = position
  const rate = schedule.rate(optimizer.rate, step, position.schedule)
  const found = await steps.take({
    batch,
    loss,
    ...(smoothing !== undefined && { smoothing }),
    ...(atOnce !== undefined && { atOnce }),
    ...(optimizer.trains && { trained: (name) => optimizer.trains!(name, step) }),
    random: () => random(`${seed}/dropout/${step}`),
    update(gradients) {
      clip?.(gradients)
      run.optimizer = optimizerState(optimizer.update(weights.parameters, gradients, run.optimizer, { rate }))
      if (averaging && run.average) followWeights(allOf(run.average), allOf(weights), averaging, step + 1)
      return run.optimizer
    },
  })
  if (typeof found !== 'number') throw new DivergedError(found, run)
  const items = batch.images.shape[0]
  position.rate = rate
  position.step++
  position.batch++
  position.items += items
  // the loss is a mean over the items
  position.lossSum += items * found
  return found
}

/** Tells of the step. */
function tell<T>({ settings, run }: Training<T>, taken: Speed & Pick<StepEvent, 'loss' | 'items'>): void {
  const { step, epoch, batch, rate, items: images, batchesPerEpoch } = run.position
  const { secondsPerStep, ...figures } = taken
  const totalSteps = stepsOfRun(settings, batchesPerEpoch)
  const secondsLeft = totalSteps === null ? null : Math.max(0, totalSteps - step) * secondsPerStep
  settings.onProgress({ kind: 'step', step, epoch, batch, rate, images, ...figures, totalSteps, secondsLeft })
}

/** Null while nobody knows. */
function stepsOfRun(ends: { readonly steps: number; readonly epochs: number }, perEpoch: number | null): number | null {
  if (perEpoch === null && ends.epochs !== Infinity) return null
  return Math.min(ends.steps, perEpoch === null ? Infinity : perEpoch * ends.epochs)
}
