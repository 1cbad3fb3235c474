// An optimizer as a minimiser: the same call as `lbfgs`, by steps of a fixed rule. Values may rise on the way; the best one is what is given.
import {
  type Named,
  type Rule,
  type Rules,
  Tensor,
  aFunction,
  aSignal,
  checkArgument,
  checkOptions,
  having,
  notNegative,
  scope,
  startTurns,
  wholeNumber,
} from '@scatterlab/tensor'
import { NonFiniteError } from './errors.ts'
import { type LbfgsObjective, differentiated } from './gradient-objective.ts'
import type { LbfgsIteration } from './lbfgs.ts'
import type { Optimizer } from './optimizer.ts'
import { type Schedule, constant } from './schedule.ts'
import { type Variables, dot, vectorSpace } from './vector-space.ts'

/** How an optimizer descends. */
export interface DescentRecipe {
  /** How the rate goes on (default constant). */
  readonly schedule?: Schedule
}

/** How a descent runs. */
export interface DescentOptions<V extends Variables = Variables> {
  /** Most steps (default 100). */
  readonly iterations?: number
  /** Ends where ‖∇‖ is no larger (default 1e-5). */
  readonly gradientTolerance?: number
  /** Ends where a step changes the value by a smaller fraction (default 0: never). */
  readonly valueTolerance?: number
  /** Independent problems side by side, as of `lbfgs`, of which the function gives a value each: their sum is minimised. */
  readonly parts?: number
  /** Steps to remember, as of `lbfgs`: an optimizer remembers in its own way, and does not ask. */
  readonly history?: number
  /** Called after each step. */
  readonly onIteration?: (iteration: DescentIteration<V>) => void
  /** Asked after each step whether to end there. */
  readonly until?: (iteration: DescentIteration<V>) => boolean | Promise<boolean>
  /** Ends the run before the next computation of the function: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** One step, for progress and curves. */
export type DescentIteration<V extends Variables> = Pick<
  LbfgsIteration<V>,
  'iteration' | 'value' | 'gradientNorm' | 'evaluations' | 'x'
>

/** Where a descent ended: the best point of all that were computed. */
export interface DescentResult<V extends Variables> {
  /** The arrays where the value was least. */
  readonly x: V
  /** The value there. */
  readonly value: number
  /** ‖∇‖ there, over all arrays. */
  readonly gradientNorm: number
  /** Steps taken; the best point may be an earlier one. */
  readonly iterations: number
  /** Times that the function and its gradient were computed. */
  readonly evaluations: number
  /** The tolerance reached, all steps taken, or `until`. */
  readonly reason: 'gradient' | 'value' | 'iterations' | 'until'
}

/** Minimises as `lbfgs` does. */
export type Descent = <V extends Variables>(
  objective: LbfgsObjective<V>,
  start: V,
  options?: DescentOptions<V>,
) => Promise<DescentResult<V>>

const rules: Rules<DescentOptions> = {
  iterations: wholeNumber(0),
  gradientTolerance: notNegative,
  valueTolerance: notNegative,
  parts: wholeNumber(1),
  history: wholeNumber(1),
  onIteration: aFunction,
  until: aFunction,
  signal: aSignal,
}
const anOptimizer: Rule = having('an optimizer, for example adam({ rate: 0.01 })', 'init', 'update')
const anObjective: Rule = (value) =>
  aFunction(value) && having('a function of the variables, or { valueAndGradient }', 'valueAndGradient')(value)
const aSchedule: Rule = having('a schedule, for example cosine({ steps: 100 })', 'rate')

/**
 * What minimises a function of an array, or of arrays by name, from a start, which stays as it is, by steps of an optimizer. Throws
 * `ValueError` for options out of range, `NonFiniteError`, with the step, where the value or the gradient is NaN or infinite.
 *
 * @example const { x } = await descend(adam({ rate: 0.05 }))((x: Tensor) => sum(square(sub(x, target))), zeros([8, 8]))
 */
export function descend(optimizer: Optimizer, recipe?: DescentRecipe): Descent {
  checkArgument('descend: the optimizer', optimizer, anOptimizer)
  const { schedule = constant() } = checkOptions('descend', recipe, { schedule: aSchedule })
  return async <V extends Variables>(objective: LbfgsObjective<V>, start: V, options?: DescentOptions<V>) => {
    checkArgument('descend: the objective', objective, anObjective)
    const checked = checkOptions('descend', options, rules as Rules<DescentOptions<V>>)
    const { iterations = 100, gradientTolerance = 1e-5, valueTolerance = 0, parts = 1, onIteration, signal } = checked
    const space = vectorSpace(start)
    const at = differentiated(objective, parts)
    const turns = startTurns(signal)
    const here = space.arrays(await space.read(start))
    let state = optimizer.init(named(here))
    let best = { x: new Float64Array() as Float64Array, value: Infinity, gradientNorm: 0 }
    let before = NaN
    try {
      for (let iteration = 0; ; iteration++) {
        await turns.next()
        const { value, gradient } = scope(() => at(here))
        const [values, along] = await Promise.all([
          typeof value === 'number' ? [value] : value.read(),
          space.read(gradient),
        ])
        const number = Array.from(values).reduce((total, v) => total + v, 0)
        if (value instanceof Tensor) value.backend.release(value.buffer)
        const gradientNorm = Math.sqrt(dot(along, along))
        if (!Number.isFinite(number) || !Number.isFinite(gradientNorm)) {
          const what = Number.isFinite(number) ? `norm of the gradient is ${gradientNorm}` : `objective is ${number}`
          throw new NonFiniteError(iteration, `step ${iteration}: the ${what}: lower the rate`)
        }
        const x = await space.read(here)
        if (number < best.value) best = { x, value: number, gradientNorm }
        const evaluations = iteration + 1
        const report = { iteration, value: number, gradientNorm, evaluations, x: () => space.arrays(x) }
        if (iteration > 0) onIteration?.(report)
        const isOver = iteration > 0 && (await checked.until?.(report)) === true
        const change = Math.abs(number - before) / Math.max(Math.abs(number), Math.abs(before))
        const reason =
          gradientNorm <= gradientTolerance
            ? 'gradient'
            : change < valueTolerance
              ? 'value'
              : isOver
                ? 'until'
                : iteration === iterations
                  ? 'iterations'
                  : null
        if (reason !== null) {
          release(gradient)
          return { ...best, x: space.arrays(best.x), iterations: iteration, evaluations, reason }
        }
        before = number
        const rate = schedule.rate(optimizer.rate, state.step, schedule.initial)
        state = optimizer.update(named(here), named(gradient), state, { rate })
        release(gradient)
      }
    } finally {
      release(here)
      release(state.tensors)
    }
  }
}

const named = (arrays: Variables): Named => (arrays instanceof Tensor ? { x: arrays } : arrays)

function release(arrays: Variables): void {
  for (const { backend, buffer } of Object.values(named(arrays))) backend.release(buffer)
}
