// Limited-memory BFGS: minimisation of a smooth function of arrays, as inversion and synthesis need it. The function is
// computed on the back end that holds the arrays; the few vector operations around it in double precision on the host.
import {
  type Rule,
  type Rules,
  ShapeError,
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
  wholeNumber,
} from '@scatterlab/tensor'
import { type LbfgsObjective, differentiated } from './gradient-objective.ts'
import { inverseHessian } from './inverse-hessian.ts'
import { type Advance, type Evaluation, type LbfgsReason, descent } from './lbfgs-descent.ts'
import { lockstep } from './lockstep.ts'
import { type Variables, type VectorSpace, dot, vectorSpace } from './vector-space.ts'
import type { WolfeConstants } from './wolfe-search.ts'

/** One iteration, for progress and curves. */
export interface LbfgsIteration<V extends Variables> {
  /** From 1. */
  readonly iteration: number
  /** Of the function, after this iteration; of `parts` problems their sum. */
  readonly value: number
  /** ‖∇‖, over all arrays. */
  readonly gradientNorm: number
  /** Length of the step, in multiples of the direction; of `parts` problems that of the last to be done. */
  readonly step: number
  /** Whether that step satisfies the strong Wolfe conditions; not where rounding hides the decrease, or at a kink. */
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
   * How many independent problems lie side by side along the first axis of the array (default 1). Each has a curvature and steps of its own;
   * they are computed at once, and an iteration is done when all have done it that still run. Of one array only, whose first axis they divide.
   */
  readonly parts?: number
  /** Most iterations, of each problem (default 100). */
  readonly iterations?: number
  /** Ends where ‖∇‖ is no larger, of each problem (default 1e-5). */
  readonly gradientTolerance?: number
  /** Ends where an iteration changes the value by a smaller fraction, of each problem (default 0: never). */
  readonly valueTolerance?: number
  /** Default c₁ = 1e-4, c₂ = 0.9. */
  readonly wolfe?: Partial<WolfeConstants>
  /** Called after each iteration. */
  readonly onIteration?: (iteration: LbfgsIteration<V>) => void
  /** Asked after each iteration whether to end there. */
  readonly until?: (iteration: LbfgsIteration<V>) => boolean | Promise<boolean>
  /** Ends the run before the next computation of the function: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** Where `lbfgs` ended. */
export interface LbfgsResult<V extends Variables> {
  /** Where the function is least, on the back end and in the element type of the start. */
  readonly x: V
  /** The value there; of `parts` problems their sum. */
  readonly value: number
  /** ‖∇‖, over all arrays. */
  readonly gradientNorm: number
  /** Iterations that were done, by the problem that did most. */
  readonly iterations: number
  /** Times that the function and its gradient were computed. */
  readonly evaluations: number
  /** What ended the run, of `parts` problems that of the last to end. */
  readonly reason: LbfgsReason
}

const rules: Rules<LbfgsOptions> = {
  history: wholeNumber(1),
  parts: wholeNumber(1),
  iterations: wholeNumber(0),
  gradientTolerance: notNegative,
  valueTolerance: notNegative,
  wolfe: anything,
  onIteration: aFunction,
  until: aFunction,
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
    until,
  } = checked
  const wolfe = { c1: 1e-4, c2: 0.9, ...checkOptions('lbfgs: wolfe', checked.wolfe, { c1: positive, c2: positive }) }
  if (!(wolfe.c1 < wolfe.c2 && wolfe.c2 < 1))
    throw new ValueError(`lbfgs: wolfe has c1 ${wolfe.c1}, c2 ${wolfe.c2}: give 0 < c1 < c2 < 1`)
  checkParts(parts, start)
  const space = vectorSpace(start)
  const first = await space.read(start)
  const compute = evaluator(objective, space, parts, checked.signal)
  let evaluations = 0
  const { ask, leave } = lockstep(parts, first, (x) => {
    evaluations++
    return compute(x)
  })

  /** Where each problem is, and whether it still runs. */
  const states = Array.from({ length: parts }, (): State => ({ here: null, iteration: 0, runs: true }))
  let [told, isOver] = [0, false]
  let reason: LbfgsReason = 'gradient'
  const together = () => {
    const all = states.map(({ here }) => here!)
    return {
      value: all.reduce((total, each) => total + each.value, 0),
      gradientNorm: Math.hypot(...all.map((each) => each.gradientNorm)),
      x: () => space.arrays(joined(all.map(({ x }) => x))),
    }
  }
  /** Tells of iterations that all problems have done that still run. */
  async function tell({ step, wolfe: isWolfe }: Pick<Advance, 'step' | 'wolfe'>): Promise<void> {
    const running = states.filter(({ runs }) => runs)
    const counts = (running.length > 0 ? running : states).map(({ iteration }) => iteration)
    const done = running.length > 0 ? Math.min(...counts) : Math.max(...counts)
    while (told < done && !isOver) {
      told++
      const iteration = { iteration: told, step, wolfe: isWolfe, evaluations, ...together() }
      onIteration?.(iteration)
      isOver = (await until?.(iteration)) === true
    }
  }
  async function solve(state: State, part: number): Promise<void> {
    const length = first.length / parts
    let last = { step: 0, wolfe: true }
    const end = await descent({
      start: first.subarray(part * length, (part + 1) * length),
      async evaluate(x) {
        const there = { ...(await ask(part, x)), x }
        state.here ??= there
        return there
      },
      round: (x) => space.round(x),
      single: space.single,
      memory: inverseHessian({ history, single: space.single }),
      wolfe,
      iterations,
      gradientTolerance,
      valueTolerance,
      async onIteration(advance) {
        Object.assign(state, { here: advance.here, iteration: advance.iteration })
        last = advance
        await tell(advance)
        return isOver
      },
    })
    state.runs = false
    reason = isOver ? 'until' : end.reason
    await tell(last)
    leave(part, end.here.x)
  }
  await Promise.all(states.map(solve))
  const { x, ...there } = together()
  return { ...there, x: x(), iterations: told, evaluations, reason }
}

/** Where one of several problems is. */
interface State {
  here: Evaluation | null
  iteration: number
  runs: boolean
}

/** Throws `ValueError` where the start does not fall into so many parts. */
function checkParts(parts: number, start: Variables): void {
  if (parts === 1) return
  if (!(start instanceof Tensor))
    throw new ValueError(`lbfgs: parts is ${parts}, but there are arrays by name: give one`)
  if (start.rank === 0 || start.shape[0] % parts !== 0)
    throw new ValueError(`lbfgs: parts is ${parts}: give a divisor of the first axis of ${formatShape(start.shape)}`)
}

/** Computes the function at a point, for each of the problems in it; its arrays are gone when the numbers have been read. */
function evaluator<V extends Variables>(
  objective: LbfgsObjective<V>,
  space: VectorSpace<V>,
  parts: number,
  signal: AbortSignal | undefined,
): (x: Float64Array) => Promise<Omit<Evaluation, 'x'>[]> {
  const valuesAndGradient = differentiated(objective, parts)
  const turns = startTurns(signal)
  return async (x) => {
    await turns.next()
    const reading = scope(() => {
      const { value, gradient } = valuesAndGradient(space.arrays(x))
      return Promise.all([typeof value === 'number' ? [value] : value.read(), space.read(gradient)])
    })
    const [values, gradient] = await reading
    if (values.length !== parts)
      throw new ShapeError(`lbfgs: parts is ${parts}, the function gave ${values.length} values: give one of each`)
    const length = x.length / parts
    return Array.from(values, (value, part) => {
      const own = gradient.subarray(part * length, (part + 1) * length)
      return { value, gradient: own, gradientNorm: Math.sqrt(dot(own, own)) }
    })
  }
}

/** Vectors as one. */
function joined(vectors: readonly Float64Array[]): Float64Array {
  if (vectors.length === 1) return vectors[0]
  const [{ length }] = vectors
  const all = new Float64Array(vectors.length * length)
  for (const [i, vector] of vectors.entries()) all.set(vector, i * length)
  return all
}
