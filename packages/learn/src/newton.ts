// Truncated Newton: minimisation of a smooth convex function whose Hessian is only known by its products. Not for
// functions that are not convex, nor for bounds.
import { columnProducts, conjugateGradients } from './conjugate-gradients.ts'

/** The function at one point. `E` may carry more, for the products with the Hessian there. */
export interface Evaluation {
  readonly value: number
  readonly gradient: Float64Array
}

/** A convex function. */
export interface ConvexFunction<E extends Evaluation> {
  evaluate(point: Float64Array): Promise<E>
  /** H·v, H the Hessian where it was evaluated. */
  hessianTimes(at: E, v: Float64Array): Promise<Float64Array>
  /** An estimate of H⁻¹·v, symmetric and positive definite. */
  precondition(at: E, v: Float64Array): Promise<Float64Array>
}

/** When `newton` ends. */
export interface NewtonOptions {
  /** Ends after a step that started within `tolerance`·|value| of the least value, as estimated. */
  readonly tolerance: number
  readonly maxIterations: number
  /** Relative rounding of the value: a step may raise it by so much. */
  readonly rounding: number
  /** Called before each iteration. */
  readonly onIteration: (iteration: number) => Promise<void>
}

/** Where `newton` ended. */
export interface Minimum {
  readonly point: Float64Array
  readonly value: number
  readonly iterations: number
  /**
   * Half the Newton decrement, ½∇ᵀH⁻¹∇, before the last step: by about so much the value was too large there.
   */
  readonly suboptimality: number
  /** Whether that is within the tolerance; not after `maxIterations`, nor where rounding lets no step descend. */
  readonly converged: boolean
}

/** Products with H for one step, at most. */
const PRODUCTS = 250
/** Conjugate gradients end where a step brings this part of the average of all steps: far from the minimum, and near it. */
const FAR = 0.5
const NEAR = 0.1

/**
 * Minimises from `start`: each direction solves H·d = -∇ by conjugate gradients, until they gain little more (Nash and
 * Sofer 1990), and is halved until the value decreases (Nocedal and Wright 2006, algorithm 7.1). The gain of all of them
 * is half the Newton decrement in the true metric, by which the iteration ends.
 */
export async function newton<E extends Evaluation>(
  { evaluate, hessianTimes, precondition }: ConvexFunction<E>,
  start: Float64Array,
  { tolerance, maxIterations, rounding, onIteration }: NewtonOptions,
): Promise<Minimum> {
  let point = start
  let here = await evaluate(point)
  let suboptimality = Infinity
  for (let iterations = 0; ; iterations++) {
    await onIteration(iterations)
    const end = (converged: boolean): Minimum => ({ point, value: here.value, iterations, suboptimality, converged })
    const goal = tolerance * Math.abs(here.value)
    if (suboptimality <= goal) return end(true)
    if (iterations === maxIterations) return end(false)
    const direction = await conjugateGradients(
      (v) => hessianTimes(here, v),
      (v) => precondition(here, v),
      here.gradient.map((value) => -value),
      1,
      ({ steps, residual: [residual], gain: [gain], total: [total] }) => {
        suboptimality = total
        const share = total <= 10 * goal ? NEAR : FAR
        return residual === 0 || steps === PRODUCTS || (steps > 0 && steps * gain <= share * total)
      },
    )
    const next = await descended(evaluate, point, here, direction, rounding)
    if (next === null) return end(suboptimality <= rounding * Math.abs(here.value))
    ;({ point, here } = next)
  }
}

/** The first of the steps 1, ½, ¼ … that decreases the value enough, up to rounding; null if there is none. */
async function descended<E extends Evaluation>(
  evaluate: (point: Float64Array) => Promise<E>,
  from: Float64Array,
  { value, gradient }: E,
  direction: Float64Array,
  rounding: number,
): Promise<{ point: Float64Array; here: E } | null> {
  const [slope] = columnProducts(gradient, direction, 1)
  for (let length = 1; length > 1e-9; length /= 2) {
    const point = from.map((x, i) => x + length * direction[i])
    const here = await evaluate(point)
    if (here.value <= value + 1e-4 * length * slope + rounding * Math.abs(value)) return { point, here }
  }
  return null
}
