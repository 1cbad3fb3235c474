// What minimisers minimise: functions that are differentiated, or that come with their gradients.
import { type Tensor, sum, valueAndGrad } from '@scatterlab/tensor'
import type { Variables } from './vector-space.ts'

/** A function with a gradient of its own. */
export interface GradientObjective<V extends Variables> {
  /** Value, one number, and gradient, ∂/∂Re + i·∂/∂Im where complex, in the form of the variables. Does not wait. */
  valueAndGradient(x: V): {
    /** A number, or a real array of one element; of `parts` problems an array of their values. */
    readonly value: Tensor | number
    /** An array in the place and shape of each of x. */
    readonly gradient: V
  }
}

/**
 * A function to minimise: one that gives a real array of one element and is differentiated, or one with its gradient. Of `parts` problems it
 * gives the value of each, [parts].
 */
export type LbfgsObjective<V extends Variables> = ((x: V) => Tensor) | GradientObjective<V>

/** The values of all problems, and the gradient of their sum, which is each one's own. */
export function differentiated<V extends Variables>(
  objective: LbfgsObjective<V>,
  parts: number,
): GradientObjective<V>['valueAndGradient'] {
  if (typeof objective !== 'function') return (x) => objective.valueAndGradient(x)
  if (parts === 1) return valueAndGrad(objective)
  const both = valueAndGrad((x: V): [Tensor, Tensor] => {
    const values = objective(x)
    return [sum(values), values]
  })
  return (x) => {
    const { value, gradient } = both(x)
    return { value: value[1], gradient }
  }
}
