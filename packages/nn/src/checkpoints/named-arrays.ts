// Copies of arrays by name, and their end.
import type { Named } from '@scatterlab/tensor'
import { copy } from '@scatterlab/tensor/operations'
import type { Weights } from '../network.ts'

/** Arrays of their own with the same numbers. */
export const copyOf = (arrays: Named): Named =>
  Object.fromEntries(Object.entries(arrays).map(([name, x]) => [name, x.clone()]))

/** Writes the numbers of `sources` into the arrays of the same names. */
export function overwrite(targets: Named, sources: Named): void {
  for (const [name, target] of Object.entries(targets)) copy(target.backend, sources[name], target)
}

/** Gives the memory of all of them back. */
export function release(arrays: Named): void {
  for (const { backend, buffer } of Object.values(arrays)) backend.release(buffer)
}

/** Parameters and state together. */
export const allOf = ({ parameters, state }: Weights): Named => ({ ...parameters, ...state })

/** Weights of their own with the same numbers. */
export const copyOfWeights = ({ parameters, state }: Weights): Weights => ({
  parameters: copyOf(parameters),
  state: copyOf(state),
})
