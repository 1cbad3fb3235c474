// Limited-memory BFGS: minimisation of a smooth function of arrays, as inversion and synthesis need it. The function is
// computed on the back end that holds the arrays; the few vector operations around it in double precision on the host.
import {
  type Rule,
  type Rules,
  Tensor,
  ValueError,
  aFunction,
  aSignal,
  anything,
  checkArgument,
  checkOptions,
  formatShape,
  having,
  notNegative,
  positive,
  scope,
  startTurns,
  valueAndGrad,
  wholeNumber,
} from '@scatterlab/tensor'
import { NonFiniteError } from './errors.ts'
import { separateInverseHessians } from './inverse-hessian.ts'
import { type Variables, type VectorSpace, addScaled, dot, largest, vectorSpace } from './vector-space.ts'
import { type Trial, type WolfeConstants, satisfiesWolfe, wolfeSearch } from './wolfe-search.ts'

/** A function with a gradient of its own. */
export interface GradientObjective<V extends Variables> {
  /** Value, one number, and gradient, ∂/∂Re + i·∂/∂Im where complex, in the form of the variables. Does not wait. */
  valueAndGradient(x: V): {
    /** A number, or a real array of one element. */
    readonly value: Tensor | number
    /** An array in the place and shape of each of x. */
    readonly gradient: V
  }
}

/** A function to minimise: one that gives a real array of one element and is differentiated, or one with its gradient. */
export type LbfgsObjective<V extends Variables> = ((x: V) => Tensor) | GradientObjective<V>

/** One iteration, for progress and curves. */
export interface LbfgsIteration<V extends Variables> {
  /** From 1. */
  readonly iteration: number
  /** Of the function, after this iteration. */
  readonly value: number
  /** ‖∇‖, over all arrays. */
  readonly gradientNorm: number
  /** Length of the step, in multiples of the direction. */
  readonly step: number
  /** Whether the step satisfies the strong Wolfe conditions; not where rounding hides the decrease, or at a kink. */
  readonly wolfe: boolean
  /** Times that the function was computed so far. */
  readonly evaluations: number
  /** The arrays now, new ones at every call. */
  x(): V
}

/** How `lbfgs` runs. */
export interface LbfgsOptions<V extends Variables = Variables> {
  /** Steps that are remembered (default 10). */
  readonly history?: number
  /**
   * How many independent problems lie side by side along the first axis of the array: each has a curvature of its own, and all take steps of the
   * same length (default 1). Of one array only, whose first axis they divide.
   */
  readonly parts?: number
  /** Most iterations (default 100). */
  readonly iterations?: number
  /** Ends where ‖∇‖ is no larger (default 1e-5). */
  readonly gradientTolerance?: number
  /** Ends where an iteration changes the value by a smaller fraction (default 0: never). */
  readonly valueTolerance?: number
  /** Default c₁ = 1e-4, c₂ = 0.9. */
  readonly wolfe?: Partial<WolfeConstants>
  /** Called after each iteration. */
  readonly onIteration?: (iteration: LbfgsIteration<V>) => void
  /** Ends the run before the next computation of the function: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** Why `lbfgs` ended: the tolerance reached, all iterations done, or no step found that goes further down (`search`). */
export type LbfgsReason = 'gradient' | 'value' | 'iterations' | 'search'

/** Where `lbfgs` ended. */
export interface LbfgsResult<V extends Variables> {
  /** Where the function is least, on the back end and in the element type of the start. */
  readonly x: V
  /** The value there. */
  readonly value: number
  /** ‖∇‖, over all arrays. */
  readonly gradientNorm: number
  /** Iterations that were done. */
  readonly iterations: number
  /** Times that the function and its gradient were computed. */
  readonly evaluations: number
  /** What ended the run. */
  readonly reason: LbfgsReason
}

/** The function at one point. */
interface Evaluation {
  readonly x: Float64Array
  readonly value: number
  readonly gradient: Float64Array
  readonly gradientNorm: number
}

const rules: Rules<LbfgsOptions> = {
  history: wholeNumber(1),
  parts: wholeNumber(1),
  iterations: wholeNumber(0),
  gradientTolerance: notNegative,
  valueTolerance: notNegative,
  wolfe: anything,
  onIteration: aFunction,
  signal: aSignal,
}

const anObjective: Rule = (value) =>
  aFunction(value) && having('a function of the variables, or { valueAndGradient }', 'valueAndGradient')(value)

/**
 * Minimises a function of an array, or of arrays by name, from `start`, which stays as it is. Each iteration searches along
 * −H·∇ for a step that satisfies the strong Wolfe conditions. All memory of the function's computation is given back each
 * time. Throws `ValueError` for options out of range, `NonFiniteError`, with the iteration, where the value or gradient is
 * NaN or infinite at the start or along a whole line. Complex arrays count as twice as many real ones. Nocedal & Wright
 * (2006), algorithm 7.5.
 *
 * @example const { x } = await lbfgs((x: Tensor) => sum(square(sub(x, target))), zeros([8, 8]))
 */
export async function lbfgs<V extends Variables>(
  objective: LbfgsObjective<V>,
  start: V,
  options?: LbfgsOptions<V>,
): Promise<LbfgsResult<V>> {
  checkArgument('lbfgs: the objective', objective, anObjective)
  const checked = checkOptions('lbfgs', options, rules)
  const {
    history = 10,
    parts = 1,
    iterations = 100,
    gradientTolerance = 1e-5,
    valueTolerance = 0,
    onIteration,
  } = checked
  const wolfe = { c1: 1e-4, c2: 0.9, ...checkOptions('lbfgs: wolfe', checked.wolfe, { c1: positive, c2: positive }) }
  if (!(wolfe.c1 < wolfe.c2 && wolfe.c2 < 1))
    throw new ValueError(`lbfgs: wolfe has c1 ${wolfe.c1}, c2 ${wolfe.c2}: give 0 < c1 < c2 < 1`)
  checkParts(parts, start)
  const space = vectorSpace(start)
  const precision = space.single ? 2 ** -23 : 2 ** -52
  const evaluate = evaluator(objective, space, checked.signal)
  const memory = separateInverseHessians(parts, { history, single: space.single })

  let here = await evaluate(await space.read(start))
  let iteration = 0
  let evaluations = 1
  if (!isFinite(here)) throw nonFinite(0, here, 'at the start')
  const end = (reason: LbfgsReason): LbfgsResult<V> => {
    const { x, value, gradientNorm } = here
    return { x: space.arrays(x), value, gradientNorm, iterations: iteration, evaluations, reason }
  }

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
        evaluations++
        const there = await evaluate(space.round(moved(from.x, step, direction)))
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
    onIteration?.({
      iteration,
      value: low.value,
      gradientNorm: low.gradientNorm,
      step: low.step,
      wolfe: satisfiesWolfe(origin, low, wolfe),
      evaluations,
      x: () => space.arrays(low.x),
    })
    const change = Math.abs(low.value - from.value)
    if (change < valueTolerance * Math.max(Math.abs(low.value), Math.abs(from.value))) return end('value')
  }
  return end('gradient')
}

/** Throws `ValueError` where the start does not fall into so many parts. */
function checkParts(parts: number, start: Variables): void {
  if (parts === 1) return
  if (!(start instanceof Tensor))
    throw new ValueError(`lbfgs: parts is ${parts}, but there are arrays by name: give one`)
  if (start.rank === 0 || start.shape[0] % parts !== 0)
    throw new ValueError(`lbfgs: parts is ${parts}: give a divisor of the first axis of ${formatShape(start.shape)}`)
}

/** Computes the function at a point; its arrays are gone when the numbers have been read. */
function evaluator<V extends Variables>(
  objective: LbfgsObjective<V>,
  space: VectorSpace<V>,
  signal: AbortSignal | undefined,
): (x: Float64Array) => Promise<Evaluation> {
  const valueAndGradient =
    typeof objective === 'function' ? valueAndGrad(objective) : (x: V) => objective.valueAndGradient(x)
  const turns = startTurns(signal)
  return async (x) => {
    await turns.next()
    const reading = scope(() => {
      const { value, gradient } = valueAndGradient(space.arrays(x))
      return Promise.all([typeof value === 'number' ? [value] : value.read(), space.read(gradient)])
    })
    const [[value], gradient] = await reading
    return { x, value, gradient, gradientNorm: Math.sqrt(dot(gradient, gradient)) }
  }
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
