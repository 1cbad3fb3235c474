// Filters that whiten the patches of images: what a first layer can begin with, and keep. The eigenpairs are given; the layer that
// uses them is a `conv2d` whose weights begin as `given(whiteningFilters(…))`.
import {
  type Rules,
  ValueError,
  checkArgument,
  checkOptions,
  positive,
  someNumbers,
  trueOrFalse,
} from '@scatterlab/tensor'
import { isRecord } from '../arguments.ts'

/** Eigenvalues λ_i and unit eigenvectors, one a row: [count, length of a patch]. */
export interface PatchEigenpairs {
  /** λ_i; those below 0, which are rounding, count as 0. */
  readonly values: ArrayLike<number>
  /** Row-major, in the order of `values`. */
  readonly vectors: ArrayLike<number>
}

/** How `whiteningFilters` divides and how many filters it makes. */
export interface WhiteningOptions {
  /** Added to every eigenvalue (default 5e-4). */
  readonly epsilon?: number
  /** Whether the negative of each filter follows them (default true), so that a rectifier loses nothing. */
  readonly negatives?: boolean
}

const rules: Rules<WhiteningOptions> = { epsilon: positive, negatives: trueOrFalse }

/**
 * v_i / √(λ_i + epsilon), one filter after the other, then their negatives: on patches with these second moments the results have
 * second moments λ_i / (λ_i + epsilon), and are not correlated. Throws `ValueError` for pairs that do not fit. Page (2019), "How to train
 * your ResNet 8"; Jordan (2024).
 */
export function whiteningFilters(pairs: PatchEigenpairs, options?: WhiteningOptions): Float64Array {
  checkArgument('whiteningFilters: pairs', pairs, (value) => (isRecord(value) ? undefined : '{ values, vectors }'))
  const { values, vectors } = pairs
  checkArgument('whiteningFilters: values', values, someNumbers)
  checkArgument('whiteningFilters: vectors', vectors, someNumbers)
  if (values.length === 0 || vectors.length % values.length !== 0)
    throw new ValueError(
      `${vectors.length} numbers are no ${values.length} vectors of one length: give one for each value`,
    )
  const { epsilon = 5e-4, negatives = true } = checkOptions('whiteningFilters', options, rules)
  const length = vectors.length / values.length
  const filters = new Float64Array(vectors.length * (negatives ? 2 : 1))
  for (let i = 0; i < vectors.length; i++) {
    filters[i] = vectors[i] / Math.sqrt(Math.max(0, values[Math.floor(i / length)]) + epsilon)
    if (negatives) filters[vectors.length + i] = -filters[i]
  }
  return filters
}
