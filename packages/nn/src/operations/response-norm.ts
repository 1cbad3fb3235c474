// Local response normalisation across channels, with its gradient.
import * as operations from '@scatterlab/tensor/operations'
import {
  type Rules,
  type Tensor,
  checkOptions,
  differentiable,
  oneOf,
  positive,
  wholeNumber,
  finite,
} from '@scatterlab/tensor'
import { checkTensor } from '../arguments.ts'
import { filled } from './filled.ts'

/** What these options may be. */
export const responseNormRules: Rules<operations.ResponseNormOptions> = {
  size: wholeNumber(1),
  alpha: finite,
  beta: finite,
  k: positive,
  convention: oneOf('paper', 'caffe'),
}

/**
 * x·(k + α Σ x²)^−β, the sum over the neighbouring channels (axis 1); see `ResponseNormOptions` for the two
 * conventions. Throws `ShapeError` or `ValueError`.
 */
export function responseNorm(x: Tensor, given: operations.ResponseNormOptions): Tensor {
  checkTensor('responseNorm: x', x)
  const needed = ['size', 'alpha', 'beta'] as const
  const options = checkOptions<operations.ResponseNormOptions>('responseNorm', given, responseNormRules, needed)
  const out = filled(x, (y) => operations.responseNorm(x.backend, x, y, options))
  return differentiable(out, [
    x,
    (g) => filled(x, (gradX) => operations.responseNormGradient(x.backend, x, g, gradX, options)),
  ])
}
