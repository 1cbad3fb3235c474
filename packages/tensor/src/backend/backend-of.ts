// Which back end computes an operation on several arrays.
import type { Backend } from './backend.ts'
import { DTypeError } from '../errors.ts'
import type { Tensor } from '../array/tensor.ts'

/** The back end that owns all of these arrays. Throws `DTypeError` if they are on several. */
export function backendOf(first: Tensor, ...others: readonly Tensor[]): Backend {
  const stranger = others.find((x) => x.backend !== first.backend)
  if (stranger) {
    throw new DTypeError(
      `arrays of two back ends, ${first.backend.name} and ${stranger.backend.name}: move one with onBackend(x, backend)`,
    )
  }
  return first.backend
}
