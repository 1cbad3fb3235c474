// Local response normalisation across channels, with its gradient.
import * as operations from '@scatterlab/tensor/operations'
import { type Tensor, differentiable } from '@scatterlab/tensor'
import { filled } from './filled.ts'

/**
 * x·(k + α Σ x²)^−β, the sum over the neighbouring channels (axis 1); see `ResponseNormOptions` for the two
 * conventions. Throws `ShapeError` or `ValueError`.
 */
export function responseNorm(x: Tensor, options: operations.ResponseNormOptions): Tensor {
  const out = filled(x, (y) => operations.responseNorm(x.backend, x, y, options))
  return differentiable(out, [
    x,
    (g) => filled(x, (gradX) => operations.responseNormGradient(x.backend, x, g, gradX, options)),
  ])
}
