// The dual problem of a two-class support vector machine: working sets of the worst violators, solved by smo.ts, over kernel rows
// that come in blocks. Samples that stay at a bound are shrunk away, and looked at again before the end.
import type { RealArray } from '@scatterlab/tensor'
import type { KernelRows } from './kernel-rows.ts'
import type { Run } from './run.ts'
import { type BoxVariables, extremes, smo } from './smo.ts'

/** Shrinking pays where it leaves at most this part, and at most so often. */
const [WORTH, TIMES] = [0.7, 2]
/** Kernel rows that are asked for at a time to measure the gradient. */
const LINES = 256
/** Working sets without progress after which rounding is to blame. */
const PATIENCE = 100

/** How to solve: least ½βᵀKβ − yᵀβ with Σβ = 0 and 0 ≤ y_iβ_i ≤ C, where β_i = y_iα_i and f(x) = Σ β_i k(x_i, x) + b. */
export interface DualOptions {
  /** C. */
  readonly cost: number
  /** The largest violation of optimality that may remain, LIBSVM's ε. */
  readonly tolerance: number
  readonly maxIterations: number
  /** A feasible β to start from; default 0. */
  readonly start?: Float64Array
}

/** How good a solution is. */
export interface DualQuality {
  /** b. */
  readonly intercept: number
  /** Σα − ½βᵀKβ, which is largest at the optimum. */
  readonly objective: number
  /** The primal objective ½‖w‖² + CΣξ less the dual one: at least the distance of either from the optimum. */
  readonly gap: number
}

/** A solution. */
export interface DualSolution extends DualQuality {
  readonly beta: Float64Array
  /** Steps of two variables. */
  readonly iterations: number
  /** False where `maxIterations` or rounding ended it before the tolerance. */
  readonly converged: boolean
}

/** The variables of the samples that take part, which are `samples` of all, and their kernel rows. */
interface Face extends BoxVariables {
  readonly samples: Int32Array
  readonly rows: KernelRows
}

/** Solves the problem for labels y = ±1 of the samples of the rows. */
export async function solveDual(
  run: Run,
  rows: KernelRows,
  y: Float64Array,
  { cost, tolerance, maxIterations, start }: DualOptions,
): Promise<DualSolution> {
  const whole: Face = {
    samples: Int32Array.from(y, (_, i) => i),
    rows,
    beta: start?.slice() ?? new Float64Array(y.length),
    lower: y.map((sign) => Math.min(0, sign * cost)),
    upper: y.map((sign) => Math.max(0, sign * cost)),
    gradient: y.map((sign) => -sign),
  }
  await measureGradient(run, whole, y)
  const leastCurvature = 1e-12 * rows.diagonal.reduce((most, value) => Math.max(most, value), Number.MIN_VALUE)
  // the larger, the fewer passes over all samples; the smaller, the fewer rows of samples that do not matter
  const size = Math.min(256, Math.max(64, y.length >> 5))
  let face = whole
  let working = new Int32Array(0)
  let [iterations, shrunk, idle, least] = [0, 0, 0, Infinity]
  let converged = false
  try {
    while (iterations < maxIterations && idle < PATIENCE) {
      const { grows, shrinks } = extremes(face)
      const violation = shrinks - grows
      if (violation <= tolerance) {
        converged = face === whole
        if (converged) break
        keepIn(whole, face)
        face = whole
        await measureGradient(run, whole, y)
        working = new Int32Array(0)
        least = Infinity
        continue
      }
      idle = violation < least ? 0 : idle + 1
      least = Math.min(least, violation)
      const kept = shrunk < TIMES && face.samples.length > 2 * size ? candidates(face, grows, shrinks) : null
      if (kept !== null && kept.length <= WORTH * face.samples.length) {
        const smaller = restricted(face, kept)
        keepIn(whole, face)
        face = smaller
        working = new Int32Array(0)
        shrunk++
      }
      working = nextWorkingSet(face, working, size, grows, shrinks)
      const lines = await face.rows.get(working)
      const inner = Math.max(tolerance / 2, violation / 10)
      iterations += solveWorkingSet(face, working, lines, inner, leastCurvature, maxIterations - iterations)
      await run.breathe()
    }
    if (face !== whole) {
      keepIn(whole, face)
      face = whole
      await measureGradient(run, whole, y)
    }
  } finally {
    if (face !== whole) face.rows.release()
  }
  return { ...qualityOf(whole, y, cost), beta: whole.beta, iterations, converged }
}

/** F ← Kβ − y anew, from the rows of the β that are not 0. */
async function measureGradient(run: Run, { rows, beta, gradient }: Face, y: Float64Array): Promise<void> {
  for (let i = 0; i < y.length; i++) gradient[i] = -y[i]
  const support = Int32Array.from(beta.keys()).filter((i) => beta[i] !== 0)
  for (let start = 0; start < support.length; start += LINES) {
    const part = support.subarray(start, start + LINES)
    addLines(
      await rows.get(part),
      Float64Array.from(part, (i) => beta[i]),
      gradient,
    )
    await run.breathe()
  }
}

/** F ← F + Σ_r weight_r·line_r, four lines at a time. */
function addLines(lines: readonly RealArray[], weights: Float64Array, gradient: Float64Array): void {
  const zero = gradient.length > 0 && lines.length % 4 > 0 ? lines[0] : null
  for (let r = 0; r < lines.length; r += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => lines[r + k] ?? zero)
    const [wa, wb, wc, wd] = [0, 1, 2, 3].map((k) => weights[r + k] ?? 0)
    for (let i = 0; i < gradient.length; i++) gradient[i] += wa * a[i] + wb * b[i] + (wc * c[i] + wd * d[i])
  }
}

/** The samples that can still move: not those at a bound from which no violating pair draws them. */
function candidates({ beta, lower, upper, gradient }: Face, grows: number, shrinks: number): Int32Array {
  return Int32Array.from(beta.keys()).filter(
    (i) => !(beta[i] === lower[i] && gradient[i] > shrinks) && !(beta[i] === upper[i] && gradient[i] < grows),
  )
}

function restricted(face: Face, kept: Int32Array): Face {
  const of = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i])
  return {
    samples: kept.map((i) => face.samples[i]),
    rows: face.rows.restricted(kept),
    beta: of(face.beta),
    lower: of(face.lower),
    upper: of(face.upper),
    gradient: of(face.gradient),
  }
}

/** Brings the variables of a smaller face back among all, and ends it. */
function keepIn(whole: Face, face: Face): void {
  if (face === whole) return
  face.samples.forEach((i, at) => {
    whole.beta[i] = face.beta[at]
  })
  face.rows.release()
}

/** Half of the last working set, the newest, and the worst violators beside it. */
function nextWorkingSet(
  face: Face,
  last: Int32Array,
  size: number,
  grows: number,
  shrinks: number,
): Int32Array<ArrayBuffer> {
  const { beta, lower, upper, gradient } = face
  const kept = last.slice(Math.max(0, last.length - size / 2))
  const taken = new Uint8Array(beta.length)
  for (const i of kept) taken[i] = 1
  const growing: number[] = []
  const shrinking: number[] = []
  for (let i = 0; i < beta.length; i++) {
    if (taken[i] === 1) continue
    if (beta[i] < upper[i] && gradient[i] < shrinks) growing.push(i)
    if (beta[i] > lower[i] && gradient[i] > grows) shrinking.push(i)
  }
  // of equal violations, as all are at first, samples from everywhere
  const scattered = (i: number): number => Math.imul(i, 0x9e3779b1) >>> 0
  growing.sort((i, j) => gradient[i] - gradient[j] || scattered(i) - scattered(j))
  shrinking.sort((i, j) => gradient[j] - gradient[i] || scattered(i) - scattered(j))
  const chosen = [...kept]
  for (let at = 0; chosen.length < size && at < Math.max(growing.length, shrinking.length); at++) {
    for (const list of [growing, shrinking]) {
      const i = list[at]
      if (i === undefined || taken[i] === 1 || chosen.length === size) continue
      taken[i] = 1
      chosen.push(i)
    }
  }
  return Int32Array.from(chosen)
}

/** Solves for the variables of the working set, and brings the gradient of all of the face up to date. Gives the steps. */
function solveWorkingSet(
  face: Face,
  working: Int32Array,
  lines: readonly RealArray[],
  tolerance: number,
  leastCurvature: number,
  most: number,
): number {
  const size = working.length
  const of = (values: Float64Array): Float64Array => Float64Array.from(working, (i) => values[i])
  const variables = { beta: of(face.beta), lower: of(face.lower), upper: of(face.upper), gradient: of(face.gradient) }
  const kernel = new Float64Array(size * size)
  for (let a = 0; a < size; a++) {
    // both halves from one line, so that the matrix is symmetric to the last bit
    for (let b = 0; b <= a; b++) kernel[a * size + b] = kernel[b * size + a] = lines[a][working[b]]
  }
  const steps = smo(kernel, variables, tolerance, leastCurvature, most)
  const moved = Array.from(working.keys()).filter((a) => variables.beta[a] !== face.beta[working[a]])
  const changes = Float64Array.from(moved, (a) => variables.beta[a] - face.beta[working[a]])
  for (const a of moved) face.beta[working[a]] = variables.beta[a]
  addLines(
    moved.map((a) => lines[a]),
    changes,
    face.gradient,
  )
  return steps
}

function qualityOf(face: Face, y: Float64Array, cost: number): DualQuality {
  const { beta, lower, upper, gradient } = face
  let [free, sum] = [0, 0]
  for (let i = 0; i < y.length; i++) {
    if (beta[i] <= lower[i] || beta[i] >= upper[i]) continue
    free++
    sum += gradient[i]
  }
  const { grows, shrinks } = extremes(face)
  const intercept = free > 0 ? -sum / free : -(grows + shrinks) / 2
  let [square, alphas, slack] = [0, 0, 0]
  for (let i = 0; i < y.length; i++) {
    square += beta[i] * (gradient[i] + y[i])
    alphas += y[i] * beta[i]
    slack += Math.max(0, 1 - y[i] * (gradient[i] + y[i] + intercept))
  }
  const objective = alphas - square / 2
  return { intercept, objective, gap: square / 2 + cost * slack - objective }
}
