// The one rule by which all three networks are trained.
import type { FitOptions } from '@scatterlab/nn'
import { cosine, sgd } from '@scatterlab/optim'
import type { Items } from './items.ts'

/** Digits of a step, first rate ε, momentum and weight decay; the rate falls to 0 as half a cosine. */
export const rule = { batch: 50, rate: 0.01, momentum: 0.9, decay: 0.0005 } as const

/** How a network is trained for `passes` passes over `items`. */
export function trainingBy(
  items: Items,
  passes: number,
): Pick<FitOptions, 'batches' | 'optimizer' | 'schedule'> & { readonly steps: number } {
  const { batch, ...recipe } = rule
  const steps = passes * Math.ceil(items.count / batch)
  return {
    batches: ({ random }) => items.pass(batch, random),
    optimizer: sgd(recipe),
    schedule: cosine({ steps }),
    steps,
  }
}
