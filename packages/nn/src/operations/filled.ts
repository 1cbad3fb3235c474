// Results of a known shape: allocated, then written by an operation.
import { type Tensor, unwritten } from '@scatterlab/tensor'

/** An array of x's shape, type and back end that `fill` has written. */
export function filled(x: Tensor, fill: (out: Tensor) => void): Tensor {
  const out = unwritten(x.shape, x)
  fill(out)
  return out
}
