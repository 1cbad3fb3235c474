// What L-BFGS knows of the curvature: the last few steps with the changes of the gradient along them, and the inverse
// Hessian that they imply, which is never formed.
import { type Numbers, addScaled, addScaledThenDot, dot } from './vector-space.ts'

interface Pair {
  /** Step. */
  readonly s: Numbers
  /** Change of the gradient along it. */
  readonly y: Numbers
  /** 1 / sᵀy */
  readonly rho: number
}

/** An estimate H of the inverse Hessian. */
export interface InverseHessian {
  /** Steps that it rests on. */
  readonly size: number
  /** −H·g; −g while it knows of no step. */
  direction(gradient: Float64Array): Float64Array
  /** Takes in a step, and forgets the oldest beyond the history. Without positive curvature along it, it teaches nothing. */
  learn(step: Float64Array, change: Float64Array): void
  forget(): void
}

/** What is remembered. */
export interface Memory {
  /** Steps. */
  readonly history: number
  /** Whether in single precision: enough where gradients are no more exact, and half of what is read at every iteration. */
  readonly single?: boolean
}

/**
 * H from the last `history` steps, by the two loops over them; it starts from sᵀy / yᵀy times the identity. Nocedal & Wright
 * (2006), algorithm 7.4 and equation 7.20.
 */
export function inverseHessian({ history, single = false }: Memory): InverseHessian {
  const pairs: Pair[] = []
  return {
    get size() {
      return pairs.length
    },

    direction(gradient) {
      const d = new Float64Array(gradient.length)
      addScaled(d, -1, gradient)
      const last = pairs.at(-1)
      if (!last) return d
      // each vector is added together with the product that comes next
      const alphas = new Float64Array(pairs.length)
      let product = dot(last.s, d)
      for (let i = pairs.length - 1; i >= 0; i--) {
        alphas[i] = pairs[i].rho * product
        product = addScaledThenDot(d, -alphas[i], pairs[i].y, i > 0 ? pairs[i - 1].s : pairs[0].y)
      }
      const gamma = 1 / (last.rho * dot(last.y, last.y))
      for (let i = 0; i < d.length; i++) d[i] *= gamma
      product *= gamma
      for (const [i, { s, rho }] of pairs.entries()) {
        const scale = alphas[i] - rho * product
        if (i === pairs.length - 1) addScaled(d, scale, s)
        else product = addScaledThenDot(d, scale, s, pairs[i + 1].y)
      }
      return d
    },

    learn(step, change) {
      const [s, y] = single ? [new Float32Array(step), new Float32Array(change)] : [step, change]
      const curvature = dot(s, y)
      // what rounding alone can make of a flat direction
      if (!(curvature > Number.EPSILON * Math.sqrt(dot(s, s) * dot(y, y)))) return
      pairs.push({ s, y, rho: 1 / curvature })
      if (pairs.length > history) pairs.shift()
    },

    forget() {
      pairs.length = 0
    },
  }
}
