// How results of a known shape are made: allocated, then written by a kernel.
import { type Tensor, unwritten } from '@scatterlab/tensor'

/** An array of x's shape, type and back end that `fill` has written. */
export function filled(x: Tensor, fill: (out: Tensor) => void): Tensor {
  const out = unwritten(x.shape, x)
  fill(out)
  return out
}
