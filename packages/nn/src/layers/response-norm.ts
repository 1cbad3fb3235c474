// The layer of local response normalisation.
import { type ResponseNormOptions, responseNormConstants } from '@scatterlab/tensor/operations'
import { checkOptions } from '@scatterlab/tensor'
import { type Layer, imageShape } from './layer.ts'
import { responseNorm as normalise, responseNormRules } from '../operations/response-norm.ts'

/**
 * x·(k + α Σ x²)^−β, the sum over `size` neighbouring channels. The conventions differ by more than their names:
 * `paper` has k = 2 and α as it is (Krizhevsky et al. 2012, section 3.3), `caffe` k = 1 and α divided by `size`.
 * Defaults: the paper's 5, 1e-4, 0.75. Throws `ValueError` for a size that is not odd or a k that is not positive.
 */
export function responseNorm(options: Partial<ResponseNormOptions> = {}): Layer {
  const given = checkOptions<Partial<ResponseNormOptions>>('responseNorm', options, responseNormRules)
  const whole = { size: 5, alpha: 1e-4, beta: 0.75, ...given }
  responseNormConstants(whole)
  return {
    kind: 'responseNorm',
    plan(input) {
      imageShape(input)
      return { output: input }
    },
    forward: (x) => normalise(x, whole),
  }
}
