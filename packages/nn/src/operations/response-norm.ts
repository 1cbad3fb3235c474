// Local response normalisation across channels, with its gradient.
import { type ResponseNormOptions, type Tensor, differentiable } from '@scatterlab/tensor'
import { filled } from './filled.ts'

/**
 * x·(k + α Σ x²)^−β, the sum over the neighbouring channels (axis 1); see `ResponseNormOptions` for the two
 * conventions. Throws `ShapeError` or `ValueError`.
 */
export function responseNorm(x: Tensor, options: ResponseNormOptions): Tensor {
  const out = filled(x, (y) => x.backend.responseNorm(x, y, options))
  return differentiable(out, [x, (g) => filled(x, (gradX) => x.backend.responseNormGradient(x, g, gradX, options))])
}
