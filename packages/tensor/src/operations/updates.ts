// The optimizers' updates as formulas: all that changes with a weight, in one fused pass.
import type { View } from '../backend/backend.ts'
import type { Backend } from '../backend/backend.ts'
import { ValueError } from '../errors.ts'
import { type Formula, formula } from '../pointwise/formula.ts'
import { fused } from './fused.ts'
import { checkLengths } from './window.ts'

/** One step of stochastic gradient descent. */
export interface SgdOptions {
  /** ε */
  readonly rate: number
  /** μ (default 0) */
  readonly momentum?: number
  /** Weight decay (default 0). */
  readonly decay?: number
  /** Step from where the momentum leads (default false). */
  readonly nesterov?: boolean
}

/** One step of Adam. */
export interface AdamOptions {
  /** Learning rate of this step. */
  readonly rate: number
  /** Default 0.9. */
  readonly beta1?: number
  /** Default 0.999. */
  readonly beta2?: number
  /** Default 1e-8. */
  readonly epsilon?: number
  /** Weight decay (default 0). */
  readonly decay?: number
  /** Decay the weights themselves (AdamW) instead of adding to the gradient (default false). */
  readonly decoupled?: boolean
  /** Which step this is, from 1: the running means are divided by 1 − βᵗ. */
  readonly step: number
}

/* @__NO_SIDE_EFFECTS__ */
const sgdFormula = (name: string, nesterov: boolean): Formula =>
  formula(name, 3, 3, (w, velocity, gradient, rate, momentum, shrink) => {
    const pull = w.times(shrink).plus(gradient.times(rate))
    const speed = velocity.times(momentum).minus(pull)
    return [w.plus(nesterov ? speed.times(momentum).minus(pull) : speed), speed]
  })

const plain: Formula = sgdFormula('sgdUpdate', false)
const ahead: Formula = sgdFormula('sgdUpdate with nesterov', true)

/**
 * v ← μ·v − decay·ε·w − ε·g, then w ← w + v; Nesterov: w ← w + μ·v − decay·ε·w − ε·g with the new v.
 * Krizhevsky, Sutskever & Hinton (2012), section 5; Sutskever et al. (2013).
 */
export function sgdUpdate(
  backend: Backend,
  w: View,
  velocity: View,
  gradient: View,
  { rate, momentum = 0, decay = 0, nesterov = false }: SgdOptions,
): void {
  checkLengths('the velocity', velocity.shape, w.shape)
  checkLengths('the gradient', gradient.shape, w.shape)
  const numbers = [rate, momentum, decay * rate]
  fused(backend, nesterov ? ahead : plain, [w, velocity, gradient], [w, velocity], numbers)
}

// prettier-ignore
const adam: Formula = /* @__PURE__ */ formula(
  'adamUpdate', 4, 9,
  (w, mean, square, gradient, rate, beta1, rest1, beta2, rest2, unbias, epsilon, decay, kept) => {
    const slope = gradient.plus(w.times(decay))
    const first = mean.times(beta1).plus(slope.times(rest1))
    const second = square.times(beta2).plus(slope.square().times(rest2))
    const change = first.times(rate).over(second.times(unbias).sqrt().plus(epsilon))
    return [first, second, w.times(kept).minus(change)]
  },
)

/**
 * m ← β₁m + (1 − β₁)g, s ← β₂s + (1 − β₂)g², w ← w − ε·m̂ / (√ŝ + epsilon) with m̂ = m / (1 − β₁ᵗ), ŝ = s / (1 − β₂ᵗ).
 * Weight decay adds decay·w to g, or, decoupled, scales w by 1 − ε·decay first. Kingma & Ba (2015); Loshchilov & Hutter (2019).
 */
export function adamUpdate(
  backend: Backend,
  w: View,
  mean: View,
  square: View,
  gradient: View,
  options: AdamOptions,
): void {
  const { rate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0, decoupled = false, step } = options
  if (!Number.isInteger(step) || step < 1) throw new ValueError(`step ${step}: count steps from 1`)
  for (const [name, view] of Object.entries({ mean, square, gradient }))
    checkLengths(`the ${name}`, view.shape, w.shape)
  const weightDecay = decoupled ? [0, 1 - rate * decay] : [decay, 1]
  const means = [beta1, 1 - beta1, beta2, 1 - beta2, 1 / (1 - beta2 ** step)]
  const numbers = [rate / (1 - beta1 ** step), ...means, epsilon, ...weightDecay]
  fused(backend, adam, [w, mean, square, gradient], [mean, square, w], numbers)
}
