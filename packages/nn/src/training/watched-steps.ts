// Steps of training that are not taken where a number is not finite. How weights change is the caller's.
import { type Named, type Random, add, scope } from '@scatterlab/tensor'
import type { Batch } from './batch.ts'
import { type NonFinite, firstNonFinite, lastNonFinite } from './diverged.ts'
import { copyOf, overwrite, release } from '../checkpoints/named-arrays.ts'
import type { Network, Weights } from '../network.ts'
import type { Loss } from './objective.ts'
import { numberOf, totalOf } from './read.ts'
import { partsOf } from './parts.ts'
import { type TrainingStepOptions, trainingStep } from './training-step.ts'

/** One step of a run. */
export interface WatchedStep<T> extends Pick<TrainingStepOptions<T>, 'smoothing' | 'atOnce' | 'trained'> {
  readonly batch: Batch<T>
  readonly loss: Loss<T>
  /** The stream that dropout draws from, from its beginning. */
  readonly random: () => Random
  /** Changes the weights by the gradients; of what it allocates, what it gives is kept. */
  readonly update: (gradients: Named) => unknown
}

/** The steps of one run. */
export interface WatchedSteps<T> {
  /** Gives the loss; or, the weights and their state being as before, what was not finite. */
  take(step: WatchedStep<T>): Promise<number | NonFinite>
  /** Gives the memory back that the steps share. */
  end(): void
}

/** Begins the steps of a run. */
export function watchedSteps<T>(network: Network, weights: Weights): WatchedSteps<T> {
  const { state } = weights
  const stateBefore = copyOf(state)

  /** What is not finite, found with the running moments as the step left them; they are put back. */
  async function diagnose(
    { batch, random, atOnce = Infinity }: WatchedStep<T>,
    loss: number,
    gradients: Named,
  ): Promise<NonFinite> {
    const found = Number.isFinite(loss)
      ? ((await lastNonFinite(gradients, 'gradient')) ?? (await lastNonFinite(state, 'running moments')))
      : null
    overwrite(state, stateBefore)
    if (found) return found
    const mode = { training: true, random: random() }
    let where: NonFinite = { layer: '', quantity: 'loss' }
    for (const { images } of partsOf(batch, atOnce)) {
      where = await firstNonFinite(network, weights, images, mode)
      if (where.quantity !== 'loss') break
    }
    overwrite(state, stateBefore)
    return where
  }

  return {
    async take(step) {
      const { batch, loss, random, update, smoothing, atOnce, trained } = step
      overwrite(stateBefore, state)
      const read = scope(() => {
        const { loss: L, gradients } = trainingStep(network, weights, batch, {
          loss,
          random: random(),
          ...(smoothing !== undefined && { smoothing }),
          ...(atOnce !== undefined && { atOnce }),
          ...(trained !== undefined && { trained }),
        })
        const totals = [...Object.values(gradients), ...Object.values(state)].map(totalOf)
        return { gradients, L: numberOf(L), total: totals.length === 0 ? 0 : numberOf(totals.reduce(add)) }
      })
      try {
        const [L, total] = [await read.L, await read.total]
        if (!Number.isFinite(L) || !Number.isFinite(total)) return await diagnose(step, L, read.gradients)
        scope(() => update(read.gradients))
        return L
      } finally {
        release(read.gradients)
      }
    },
    end: () => release(stateBefore),
  }
}
