// Limited-memory BFGS for smooth convex functions, with a preconditioner in the place of the identity (Nocedal and
// Wright, algorithm 7.5). Not for functions with noise beyond rounding, nor for bounds.
import { ConvergenceError } from './errors.ts'

/** Value and gradient at one point. */
export interface Evaluation {
  readonly value: number
  readonly gradient: Float64Array
}

export interface LbfgsOptions {
  /** Ends where ‖gradient‖ ≤ this. */
  readonly gradientNorm: number
  readonly maxIterations: number
  /** Relative rounding of the value: differences below it are judged by the slope alone. */
  readonly rounding: number
  /** g ↦ H⁻¹ g for some symmetric positive definite estimate H of the Hessian, up to a factor. */
  readonly precondition: (gradient: Float64Array) => Promise<Float64Array>
  /** Called before each iteration. */
  readonly onIteration: (iteration: number, evaluation: Evaluation) => Promise<void>
}

export interface Minimum extends Evaluation {
  readonly point: Float64Array
  readonly iterations: number
  readonly evaluations: number
}

interface Correction {
  readonly s: Float64Array
  readonly y: Float64Array
  /** yᵀ H⁻¹ y of the preconditioner. */
  readonly size: number
  readonly rho: number
}

const MEMORY = 12

/**
 * Minimises from `start`. Throws `ConvergenceError` where iterations end, or no step descends, before the gradient is
 * small.
 */
export async function lbfgs(
  evaluate: (point: Float64Array) => Promise<Evaluation>,
  start: Float64Array,
  options: LbfgsOptions,
): Promise<Minimum> {
  let point = start
  let here = await evaluate(point)
  let evaluations = 1
  const corrections: Correction[] = []
  for (let iteration = 0; ; iteration++) {
    await options.onIteration(iteration, here)
    const norm = Math.sqrt(dot(here.gradient, here.gradient))
    if (norm <= options.gradientNorm) return { ...here, point, iterations: iteration, evaluations }
    if (iteration === options.maxIterations) throw unfinished(`${iteration} iterations`, norm, options)
    const direction = await twoLoops(here.gradient, corrections, options.precondition)
    const slope = dot(here.gradient, direction)
    // the first step has no curvature to scale it by
    const firstLength = corrections.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1
    const found = await search(evaluate, point, here, direction, slope, firstLength, options.rounding)
    if (found === null) throw unfinished(`${iteration} iterations, where no step descends,`, norm, options)
    evaluations += found.evaluations
    const s = found.point.map((value, i) => value - point[i])
    const y = found.evaluation.gradient.map((value, i) => value - here.gradient[i])
    const curvature = dot(s, y)
    if (curvature > 0) {
      corrections.push({ s, y, size: dot(y, await options.precondition(y)), rho: 1 / curvature })
      if (corrections.length > MEMORY) corrections.shift()
    }
    point = found.point
    here = found.evaluation
  }
}

function unfinished(after: string, norm: number, { gradientNorm }: LbfgsOptions): ConvergenceError {
  return new ConvergenceError(
    `L-BFGS ended after ${after} at a gradient of ${norm.toExponential(1)}, not ${gradientNorm.toExponential(1)}: ` +
      'standardise the features, raise `penalty`, `tolerance` or `maxIterations`',
  )
}

/** -H·gradient by the two loops over the corrections. */
async function twoLoops(
  gradient: Float64Array,
  corrections: readonly Correction[],
  precondition: (gradient: Float64Array) => Promise<Float64Array>,
): Promise<Float64Array> {
  const q = gradient.slice()
  const alphas = corrections.toReversed().map(({ s, y, rho }) => {
    const alpha = rho * dot(s, q)
    axpy(-alpha, y, q)
    return alpha
  })
  const r = await precondition(q)
  const last = corrections.at(-1)
  const scale = last ? 1 / (last.rho * last.size) : 1
  for (let i = 0; i < r.length; i++) r[i] *= scale
  corrections.forEach(({ s, y, rho }, i) => {
    axpy(alphas[corrections.length - 1 - i] - rho * dot(y, r), s, r)
  })
  for (let i = 0; i < r.length; i++) r[i] = -r[i]
  return r
}

/**
 * A step of sufficient decrease and curvature (weak Wolfe conditions), by doubling and bisection; null if there is
 * none.
 */
async function search(
  evaluate: (point: Float64Array) => Promise<Evaluation>,
  from: Float64Array,
  here: Evaluation,
  direction: Float64Array,
  slope: number,
  firstLength: number,
  rounding: number,
): Promise<{ point: Float64Array; evaluation: Evaluation; evaluations: number } | null> {
  let low = 0
  let high = Infinity
  let length = firstLength
  for (let evaluations = 1; evaluations <= 30; evaluations++) {
    const point = from.map((value, i) => value + length * direction[i])
    const evaluation = await evaluate(point)
    const newSlope = dot(evaluation.gradient, direction)
    const noise = rounding * Math.abs(here.value)
    const decreased = evaluation.value <= here.value + 1e-4 * length * slope
    const flat = Math.abs(evaluation.value - here.value) <= noise && newSlope <= -0.8 * slope
    if (!(decreased || flat)) high = length
    else if (newSlope < 0.9 * slope) low = length
    else return { point, evaluation, evaluations }
    length = high === Infinity ? 2 * low : (low + high) / 2
  }
  return null
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

function axpy(scale: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) y[i] += scale * x[i]
}
