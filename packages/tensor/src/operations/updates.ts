// The optimizers' updates on the reference: one loop each, everything of an element at once.
import type { View } from '../backend/backend.ts'
import { ValueError } from '../errors.ts'
import { sizeOf } from '../array/shape.ts'
import { checkLengths } from './window.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { forEachLine } from '../backend/lines.ts'

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

/**
 * v ← μ·v − decay·ε·w − ε·g, then w ← w + v; Nesterov: w ← w + μ·v − decay·ε·w − ε·g with the new v.
 * Krizhevsky, Sutskever & Hinton (2012), section 5; Sutskever et al. (2013).
 */
export const sgdUpdate: Operation<
  [w: View, velocity: View, gradient: View, options: SgdOptions],
  [w: View, velocity: View, gradient: View, options: Required<SgdOptions>]
> = operation('sgdUpdate', {
  prepare(w, velocity, gradient, { rate, momentum = 0, decay = 0, nesterov = false }) {
    checkLengths('the velocity', velocity.shape, w.shape)
    checkLengths('the gradient', gradient.shape, w.shape)
    return [w, velocity, gradient, { rate, momentum, decay, nesterov }]
  },
  reference(w, velocity, gradient, { rate, momentum, decay, nesterov }) {
    const [weights, velocities, gradients] = [dataOf(w.buffer), dataOf(velocity.buffer), dataOf(gradient.buffer)]
    forEachLine(w.shape, [w, velocity, gradient], (n, i, si, v, sv, g, sg) => {
      for (let k = 0; k < n; k++, i += si, v += sv, g += sg) {
        const pull = -decay * rate * weights[i] - rate * gradients[g]
        const speed = momentum * velocities[v] + pull
        velocities[v] = speed
        weights[i] += nesterov ? momentum * speed + pull : speed
      }
    })
  },
})

/**
 * m ← β₁m + (1 − β₁)g, s ← β₂s + (1 − β₂)g², w ← w − ε·m̂ / (√ŝ + epsilon) with m̂ = m / (1 − β₁ᵗ), ŝ = s / (1 − β₂ᵗ).
 * Weight decay adds decay·w to g, or, decoupled, scales w by 1 − ε·decay first. Kingma & Ba (2015); Loshchilov & Hutter (2019).
 */
export const adamUpdate: Operation<
  [w: View, mean: View, square: View, gradient: View, options: AdamOptions],
  [w: View, mean: View, square: View, gradient: View, options: Required<AdamOptions>]
> = operation('adamUpdate', {
  prepare(w, mean, square, gradient, options) {
    const { rate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0, decoupled = false, step } = options
    if (!Number.isInteger(step) || step < 1) throw new ValueError(`step ${step}: count steps from 1`)
    for (const [name, view] of Object.entries({ mean, square, gradient }))
      checkLengths(`the ${name}`, view.shape, w.shape)
    return [w, mean, square, gradient, { rate, beta1, beta2, epsilon, decay, decoupled, step }]
  },
  reference(w, mean, square, gradient, { rate, beta1, beta2, epsilon, decay, decoupled, step }) {
    const [weights, gradients] = [dataOf(w.buffer), dataOf(gradient.buffer)]
    const [means, squares] = [dataOf(mean.buffer), dataOf(square.buffer)]
    const [unbias1, unbias2] = [1 - beta1 ** step, 1 - beta2 ** step]
    forEachIndex([w, mean, square, gradient], (i, m, s, g) => {
      const slope = gradients[g] + (decoupled ? 0 : decay * weights[i])
      const kept = decoupled ? (1 - rate * decay) * weights[i] : weights[i]
      const first = beta1 * means[m] + (1 - beta1) * slope
      const second = beta2 * squares[s] + (1 - beta2) * slope * slope
      means[m] = first
      squares[s] = second
      weights[i] = kept - (rate * (first / unbias1)) / (Math.sqrt(second / unbias2) + epsilon)
    })
  },
})

/** Visits the elements of four views of one shape in row-major order. */
function forEachIndex(views: readonly View[], visit: (a: number, b: number, c: number, d: number) => void): void {
  const { shape } = views[0]
  const index = shape.map(() => 0)
  const places = views.map(({ offset }) => offset)
  for (let left = sizeOf(shape); left > 0; left--) {
    visit(places[0], places[1], places[2], places[3])
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const back = ++index[axis] === shape[axis]
      for (const [k, view] of views.entries()) places[k] += view.strides[axis] * (back ? 1 - shape[axis] : 1)
      if (!back) break
      index[axis] = 0
    }
  }
}
