// The one rule by which all three networks are trained, and how they are tested.
import { type Evaluation, type Network, type Weights, evaluate, fit } from '@scatterlab/nn'
import { cosine, sgd } from '@scatterlab/optim'
import { type RunContext, trainingHost } from '@scatterlab/repro'
import type { Items } from './items.ts'

/** Digits of a step, first rate ε, momentum and weight decay; the rate falls to 0 as half a cosine. */
export const rule = { batch: 50, rate: 0.01, momentum: 0.9, decay: 0.0005 } as const

/** What a training came to. */
export interface Trained {
  readonly weights: Weights
  /** Wall-clock time of its passes. */
  readonly seconds: number
}

/** Trains a network for `passes` passes; goes on from the checkpoint `name`, if the run is resumed. */
export async function train(
  network: Network,
  items: Items,
  context: RunContext<unknown>,
  { name, passes }: { readonly name: string; readonly passes: number },
): Promise<Trained> {
  const { backend, seed, log } = context
  const steps = passes * Math.ceil(items.count / rule.batch)
  const host = await trainingHost(context, name, steps)
  const { weights, history } = await fit(network, {
    ...host,
    checkpoint: { ...host.checkpoint, every: 500 },
    batches: ({ random }) => items.pass(rule.batch, random),
    optimizer: sgd(rule),
    schedule: cosine({ steps }),
    epochs: passes,
    backend,
    seed,
    onProgress(event) {
      host.onProgress(event)
      if (event.kind === 'epoch') log(`${name}: pass ${event.epoch + 1} of ${passes}, loss ${event.loss.toFixed(4)}`)
    },
  })
  return { weights, seconds: history.reduce((sum, { seconds }) => sum + seconds, 0) }
}

/** The errors on a set, with progress. */
export async function test(
  network: Network,
  weights: Weights,
  items: Items,
  { progress, signal }: Pick<RunContext<unknown>, 'progress' | 'signal'>,
): Promise<Evaluation> {
  const phase = progress.phase('test', items.count)
  let seen = 0
  const found = await evaluate(network, weights, items.pass(500), {
    signal,
    onProgress(count) {
      phase.advance(count - seen)
      seen = count
    },
  })
  phase.done()
  return found
}
