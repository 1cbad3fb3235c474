// Stochastic gradient descent with momentum and weight decay, as the lecture states it, or as PyTorch does. An update is one fused
// pass on the back end.
import {
  type Pointwise,
  type Rules,
  type Tensor,
  belowOne,
  checkOptions,
  notNegative,
  oneOf,
  pointwise,
  trueOrFalse,
} from '@scatterlab/tensor'
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
  /**
   * What the velocity sums up: `steps`, lengths included (default: the lecture's rule), or `gradients`, so that a falling rate
   * shortens what is remembered too (PyTorch's rule). At a constant rate both take the same steps.
   */
  readonly velocity?: 'steps' | 'gradients'
  /** Parameters with a rate, decay or momentum of their own. */
  readonly groups?: readonly MomentumGroup[]
}

const rules: Rules<SgdRecipe> = {
  rate: notNegative,
  momentum: belowOne,
  decay: notNegative,
  nesterov: trueOrFalse,
  velocity: oneOf('steps', 'gradients'),
  groups: someGroups,
}

/**
 * Stochastic gradient descent: v ← μ·v − decay·ε·w − ε·g, w ← w + v; with `nesterov` w ← w + μ·v − decay·ε·w − ε·g, by the
 * new v. With `velocity: 'gradients'` v ← μ·v + g + decay·w, w ← w − ε·v, or − ε·(g + decay·w + μ·v). Remembers `velocity/…`. Throws `ValueError` for a number out of its range or an unknown key of a group.
 * Krizhevsky, Sutskever & Hinton (2012), section 5, with μ = 0.9 and decay 0.0005; Sutskever et al. (2013).
 *
 * @example const lecture = sgd({ rate: 0.01, momentum: 0.9, decay: 0.0005 })
 */
export function sgd(recipe: SgdRecipe): Optimizer {
  const checked = checkOptions('sgd', recipe, rules, ['rate'])
  const { rate, momentum = 0, decay = 0, nesterov = false, velocity: kind = 'steps', groups = [] } = checked
  checkGroups(groups, { momentum: belowOne })
  return optimizer({
    rate,
    settings: { rule: 'sgd', momentum, decay, nesterov, ...(kind === 'gradients' && { velocity: kind }) },
    groups,
    slots: ['velocity'],
    apply({ weight, gradient, slots: [velocity], rate, group }) {
      const own = { momentum: group?.momentum ?? momentum, decay: group?.decay ?? decay }
      if (kind === 'steps') sgdUpdate(weight.backend, weight, velocity, gradient, { rate, ...own, nesterov })
      else {
        const update = nesterov ? gradientsAhead : gradients
        update.into([weight, velocity], weight, velocity, gradient, rate, own.momentum, own.decay)
      }
    },
  })
}

type Update = Pointwise<readonly [unknown, unknown, unknown, unknown, unknown, unknown], readonly Tensor[]>

const gradients: Update = pointwise('sgd of gradients', (w, velocity, gradient, rate, momentum, decay) => {
  const v = velocity.times(momentum).plus(gradient.plus(w.times(decay)))
  return [w.minus(v.times(rate)), v]
})

const gradientsAhead: Update = pointwise(
  'sgd of gradients with nesterov',
  (w, velocity, gradient, rate, momentum, decay) => {
    const pull = gradient.plus(w.times(decay))
    const v = velocity.times(momentum).plus(pull)
    return [w.minus(pull.plus(v.times(momentum)).times(rate)), v]
  },
)
