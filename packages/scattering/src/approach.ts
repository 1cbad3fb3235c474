// Descent on the error of coefficients, as inversion and synthesis share it: from coordinates, step by step, to the array that they stand for.
import { type ShapedArray, Tensor, ValueError, shown, unrecorded } from '@scatterlab/tensor'
import type { Inversion, InvertIteration, Minimise } from './invert.ts'

/** What is approached, and from where. */
export interface Approach {
  readonly minimise: Minimise
  /** Coefficients of an array. */
  readonly apply: (x: Tensor) => Tensor
  /** ½ error² of coefficients; of `parts` problems the share of each. */
  readonly loss: (S: Tensor) => Tensor
  /** Coordinates to begin with, and the array that they stand for. */
  readonly first: Tensor
  readonly from: (z: Tensor) => Tensor
  readonly iterations: number
  readonly valueTolerance: number
  /** Independent problems along the first axis. */
  readonly parts?: number
  /** Steps worth remembering. */
  readonly history?: number
  /** Whether to end, at an array whose error this is. */
  readonly until?: (error: number, x: () => Tensor) => Promise<boolean>
  readonly signal: AbortSignal | undefined
  readonly onIteration: ((iteration: InvertIteration) => void) | undefined
}

/** Errors below this are none, where a run ends before its first step. */
const MET = 1e-6

/** Where `minimise` ends. Throws `ValueError` for a start that no gradient moves though its error is not 0. */
export async function approach(given: Approach): Promise<Inversion> {
  const { minimise, apply, loss, first, from, iterations, valueTolerance, parts, until, signal } = given
  const history: number[] = []
  const found = (z: Tensor): ShapedArray => unrecorded(() => ({ data: from(z).toTypedArray(), shape: first.shape }))
  const errorOf = (value: number): number => Math.sqrt(2 * Math.max(0, value))
  const end = await minimise((z) => loss(apply(from(z))), first, {
    iterations,
    gradientTolerance: 0,
    valueTolerance,
    ...(parts !== undefined && { parts }),
    ...(given.history !== undefined && { history: given.history }),
    ...(signal && { signal }),
    onIteration: ({ iteration, value, x }) => {
      history.push(errorOf(value))
      given.onIteration?.({ iteration, error: errorOf(value), x: () => found(x()) })
    },
    ...(until && { until: ({ value, x }: { value: number; x(): Tensor }) => until(errorOf(value), () => from(x())) }),
  })
  if (!(end?.x instanceof Tensor))
    throw new ValueError(`minimise gives ${shown(end)}: give a function like \`lbfgs\` of @scatterlab/optim`)
  const error = errorOf(end.value)
  if (end.iterations === 0 && iterations > 0 && error > MET && end.reason === 'gradient') {
    throw new ValueError(
      `the start has a gradient of 0, and coefficients that are off by ${error.toPrecision(3)}: give a start that is not constant, or none`,
    )
  }
  return {
    x: found(end.x),
    error,
    iterations: end.iterations,
    evaluations: end.evaluations,
    reason: end.reason,
    history,
  }
}
