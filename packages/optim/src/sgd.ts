// Stochastic gradient descent with momentum and weight decay, as the lecture states it. An update is one fused
// pass on the back end.
import { type Rules, belowOne, checkOptions, notNegative, trueOrFalse } from '@scatterlab/tensor'
import { sgdUpdate } from '@scatterlab/tensor/operations'
import { type MomentumGroup, checkGroups, someGroups } from './groups.ts'
import { type Optimizer, optimizer } from './optimizer.ts'

/** Settings of `sgd`. */
export interface SgdRecipe {
  /** ε */
  readonly rate: number
  /** μ (default 0), below 1. */
  readonly momentum?: number
  /** Weight decay (default 0). */
  readonly decay?: number
  /** Take the gradient where the momentum leads (default false). */
  readonly nesterov?: boolean
  /** Parameters with a rate, decay or momentum of their own. */
  readonly groups?: readonly MomentumGroup[]
}

const rules: Rules<SgdRecipe> = {
  rate: notNegative,
  momentum: belowOne,
  decay: notNegative,
  nesterov: trueOrFalse,
  groups: someGroups,
}

/**
 * Stochastic gradient descent: v ← μ·v − decay·ε·w − ε·g, w ← w + v; with `nesterov` w ← w + μ·v − decay·ε·w − ε·g, by the
 * new v. Remembers `velocity/…`. Throws `ValueError` for a number out of its range or an unknown key of a group.
 * Krizhevsky, Sutskever & Hinton (2012), section 5, with μ = 0.9 and decay 0.0005; Sutskever et al. (2013).
 *
 * @example const lecture = sgd({ rate: 0.01, momentum: 0.9, decay: 0.0005 })
 */
export function sgd(recipe: SgdRecipe): Optimizer {
  const checked = checkOptions('sgd', recipe, rules, ['rate'])
  const { rate, momentum = 0, decay = 0, nesterov = false, groups = [] } = checked
  checkGroups(groups, { momentum: belowOne })
  return optimizer({
    rate,
    settings: { rule: 'sgd', momentum, decay, nesterov },
    groups,
    slots: ['velocity'],
    apply({ weight, gradient, slots: [velocity], rate, group }) {
      sgdUpdate(weight.backend, weight, velocity, gradient, {
        rate,
        momentum: group?.momentum ?? momentum,
        decay: group?.decay ?? decay,
        nesterov,
      })
    },
  })
}
