// Adam and AdamW, which differ in where the weight decay goes. An update is one fused pass on the back end.
import { type Rules, belowOne, checkOptions, notNegative, positive } from '@scatterlab/tensor'
import { adamUpdate } from '@scatterlab/tensor/operations'
import { type Group, checkGroups, someGroups } from './groups.ts'
import { type Optimizer, optimizer } from './optimizer.ts'

/** Settings of `adam` and `adamW`. */
export interface AdamRecipe {
  /** ε, the length of the first step in each weight. */
  readonly rate: number
  /** β₁, memory of the mean gradient (default 0.9), below 1. */
  readonly beta1?: number
  /** β₂, memory of the mean square (default 0.999), below 1. */
  readonly beta2?: number
  /** Added to √ŝ (default 1e-8), above 0. */
  readonly epsilon?: number
  /** Weight decay (default 0, of `adamW` 0.01). */
  readonly decay?: number
  /** Parameters with a rate or decay of their own. */
  readonly groups?: readonly Group[]
}

/**
 * Adam: m ← β₁m + (1 − β₁)g, s ← β₂s + (1 − β₂)g², w ← w − ε·m̂ / (√ŝ + epsilon) with m̂ = m / (1 − β₁ᵗ), ŝ = s / (1 − β₂ᵗ),
 * where decay·w is added to g. Remembers `mean/…` and `square/…`. Throws `ValueError` for a number out of its range or an
 * unknown key of a group. Kingma & Ba (2015), algorithm 1.
 */
export const adam = (recipe: AdamRecipe): Optimizer => adaptive(recipe, false)

/**
 * AdamW: as `adam`, but the decay scales the weights themselves, w ← (1 − ε·decay)·w, before the step. Loshchilov & Hutter
 * (2019), algorithm 2, with PyTorch's convention that the rate multiplies the decay.
 */
export const adamW = (recipe: AdamRecipe): Optimizer => adaptive(recipe, true)

const rules: Rules<AdamRecipe> = {
  rate: notNegative,
  beta1: belowOne,
  beta2: belowOne,
  epsilon: positive,
  decay: notNegative,
  groups: someGroups,
}

function adaptive(recipe: AdamRecipe, decoupled: boolean): Optimizer {
  const checked = checkOptions(decoupled ? 'adamW' : 'adam', recipe, rules, ['rate'])
  const { rate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = decoupled ? 0.01 : 0, groups = [] } = checked
  checkGroups(groups, {})
  return optimizer({
    rate,
    settings: { rule: decoupled ? 'adamW' : 'adam', beta1, beta2, epsilon, decay },
    groups,
    slots: ['mean', 'square'],
    apply({ weight, gradient, slots: [mean, square], rate, step, group }) {
      adamUpdate(weight.backend, weight, mean, square, gradient, {
        rate,
        beta1,
        beta2,
        epsilon,
        decay: group?.decay ?? decay,
        decoupled,
        step,
      })
    },
  })
}
