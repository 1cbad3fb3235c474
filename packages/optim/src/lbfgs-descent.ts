// One descent of L-BFGS, from its start to where it ends. Who computes the function, and beside what, is the caller's.
import { NonFiniteError } from './errors.ts'
import type { InverseHessian } from './inverse-hessian.ts'
import { addScaled, dot, largest } from './vector-space.ts'
import { type Trial, type WolfeConstants, satisfiesWolfe, wolfeSearch } from './wolfe-search.ts'

/** Why a descent ended: a tolerance reached, all iterations done, no step found that goes further down (`search`), or `until`. */
export type LbfgsReason = 'gradient' | 'value' | 'iterations' | 'search' | 'until'

/** The function at one point. */
export interface Evaluation {
  readonly x: Float64Array
  readonly value: number
  readonly gradient: Float64Array
  readonly gradientNorm: number
}

/** Where a descent is after an iteration. */
export interface Advance {
  /** From 1. */
  readonly iteration: number
  readonly here: Evaluation
  /** Length of the step, in multiples of the direction. */
  readonly step: number
  /** Whether the step satisfies the strong Wolfe conditions. */
  readonly wolfe: boolean
}

/** What a descent needs. */
export interface Descent {
  readonly start: Float64Array
  /** Computes the function, of coordinates that are rounded to what can be held. */
  readonly evaluate: (x: Float64Array) => Promise<Evaluation>
  readonly round: (x: Float64Array) => Float64Array
  /** Whether the function is computed in single precision. */
  readonly single: boolean
  readonly memory: InverseHessian
  readonly wolfe: WolfeConstants
  readonly iterations: number
  readonly gradientTolerance: number
  readonly valueTolerance: number
  /** Told of each iteration; says whether to end there. */
  readonly onIteration: (advance: Advance) => Promise<boolean>
}

/** Where a descent ended. */
export interface DescentEnd {
  readonly here: Evaluation
  readonly iterations: number
  readonly reason: LbfgsReason
}

/** Descends. Nocedal & Wright (2006), algorithm 7.5. */
export async function descent(given: Descent): Promise<DescentEnd> {
  const { evaluate, round, memory, wolfe, iterations, gradientTolerance, valueTolerance, onIteration } = given
  const precision = given.single ? 2 ** -23 : 2 ** -52
  let here = await evaluate(given.start)
  let iteration = 0
  if (!isFinite(here)) throw nonFinite(0, here, 'at the start')
  const end = (reason: LbfgsReason): DescentEnd => ({ here, iterations: iteration, reason })

  while (here.gradientNorm > gradientTolerance) {
    if (iteration === iterations) return end('iterations')
    const from = here
    const direction = memory.direction(from.gradient)
    const origin = { ...from, step: 0, slope: dot(from.gradient, direction) }
    if (!(origin.slope < 0) && memory.size > 0) {
      memory.forget()
      continue
    }
    const { low, high } = await wolfeSearch<Evaluation & Trial>(
      origin,
      async (step) => {
        const there = await evaluate(round(moved(from.x, step, direction)))
        return { ...there, step, slope: dot(there.gradient, direction) }
      },
      {
        ...wolfe,
        // no curvature is known yet: go a distance of at most 1
        first: memory.size === 0 ? Math.min(1, 1 / from.gradientNorm) : 1,
        noise: 8 * precision * Math.abs(from.value),
        resolution: (precision * largest(from.x)) / largest(direction),
      },
    )

    if (low.value >= from.value && low.gradientNorm >= from.gradientNorm) {
      if (memory.size > 0) {
        memory.forget()
        continue
      }
      if (high && !isFinite(high)) throw nonFinite(iteration + 1, high, 'wherever it leads')
      return end('search')
    }

    iteration++
    memory.learn(moved(low.x, -1, from.x), moved(low.gradient, -1, from.gradient))
    here = low
    if (await onIteration({ iteration, here, step: low.step, wolfe: satisfiesWolfe(origin, low, wolfe) }))
      return end('until')
    const change = Math.abs(low.value - from.value)
    if (change < valueTolerance * Math.max(Math.abs(low.value), Math.abs(from.value))) return end('value')
  }
  return end('gradient')
}

const isFinite = ({ value, gradientNorm }: Evaluation): boolean =>
  Number.isFinite(value) && Number.isFinite(gradientNorm)

function nonFinite(iteration: number, { value, gradientNorm }: Evaluation, where: string): NonFiniteError {
  const what = Number.isFinite(value) ? `norm of the gradient is ${gradientNorm}` : `objective is ${value}`
  return new NonFiniteError(iteration, `iteration ${iteration}: the ${what} ${where}`)
}

function moved(x: Float64Array, step: number, direction: Float64Array): Float64Array {
  const there = x.slice()
  addScaled(there, step, direction)
  return there
}
