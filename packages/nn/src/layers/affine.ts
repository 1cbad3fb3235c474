// The arrays of the layers that are affine maps: one of weights, one of biases. No layer of its own.
import type { Rules } from '@scatterlab/tensor'
import { anInitialiser } from '../arguments.ts'
import { type Initialiser, constant, he } from './initialisers.ts'
import type { ArraySpec } from './layer.ts'

/** What an affine map begins as. */
export interface AffineOptions {
  /** What the weights begin as (default `he()`). */
  readonly weight?: Initialiser
  /** What the biases begin as (default 0), or false: none. */
  readonly bias?: Initialiser | false
}

/** What these options may be. */
export const affineRules: Rules<AffineOptions> = {
  weight: anInitialiser,
  bias: (value) => (value === false ? undefined : anInitialiser(value) && `${anInitialiser(value)}, or false`),
}

/** `weight`, and `bias` [outputs] unless there is none. */
export function affineArrays(
  { weight = he(), bias = constant(0) }: AffineOptions,
  outputs: number,
  weights: Omit<ArraySpec, 'initialise'>,
): Record<string, ArraySpec> {
  const arrays = { weight: { ...weights, initialise: weight } }
  return bias ? { ...arrays, bias: { ...weights, shape: [outputs], initialise: bias } } : arrays
}
