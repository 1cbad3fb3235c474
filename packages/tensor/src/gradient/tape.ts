// The tape: while `grad` watches, each result is written down with its sources and the rule that carries a gradient of the
// result back to each. grad.ts reads it backwards; the rules stand beside their operations.
import type { Tensor } from '../array/tensor.ts'
import type { PassRule } from '../pointwise/pass.ts'

/**
 * The gradient of a source from that of the result; it may leave out sums over broadcast axes, and parts that a real
 * source lacks.
 */
export type Pullback = (gradient: Tensor) => Tensor

/**
 * For results that are part of their source: the gradient is 0 but for this part of it, where it is that of the result.
 */
export interface Region {
  /** The part: a view of an array that has the shape of the source. */
  readonly region: (whole: Tensor) => Tensor
}

/** An array that a result depends on, and how a gradient comes back to it. */
export type Source = readonly [source: Tensor, rule: Pullback | Region | PassRule]

/** One entry of the tape. */
export interface Step {
  readonly result: Tensor
  readonly sources: readonly Source[]
}

interface Tape {
  readonly steps: Step[]
  readonly followed: Set<Tensor>
}

let tape: Tape | null = null

/** Whether results are being written down, so that what they were computed from must stay. */
export const isRecording = (): boolean => tape !== null

/**
 * Marks a result as computed from its sources, with the rule for each; gives the result. Every differentiable operation
 * ends with it. It costs nothing to speak of unless a gradient is wanted. Gradients of complex arrays are ∂L/∂Re +
 * i·∂L/∂Im: the rule of a linear map A is its adjoint, g ↦ Aᴴg.
 *
 * @example const triple = (x: Tensor) => differentiable(compute(x), [x, (g) => mul(g, 3)])
 */
export function differentiable(result: Tensor, ...sources: readonly Source[]): Tensor {
  if (tape === null) return result
  const { steps, followed } = tape
  const relevant = sources.filter(([source]) => followed.has(source))
  if (relevant.length > 0) {
    steps.push({ result, sources: relevant })
    followed.add(result)
  }
  return result
}

/** Runs `body` and writes down all that follows from `variables`. */
export function record<T>(variables: readonly Tensor[], body: () => T): [value: T, steps: readonly Step[]] {
  const own: Tape = { steps: [], followed: new Set(variables) }
  return [withTape(own, body), own.steps]
}

/** Runs `body` with nothing written down: its result is a constant, or gets a rule of its own. */
export const unrecorded = <T>(body: () => T): T => withTape(null, body)

function withTape<T>(next: Tape | null, body: () => T): T {
  const outer = tape
  tape = next
  try {
    return body()
  } finally {
    tape = outer
  }
}
