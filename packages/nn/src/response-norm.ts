// The layer of local response normalisation.
import type { ResponseNormOptions } from '@scatterlab/tensor'
import { type Layer, checkRank } from './layer.ts'
import { responseNorm as normalise } from './operations/response-norm.ts'

/**
 * x·(k + α Σ x²)^−β over `size` neighbouring channels. The conventions differ by more than their names: `paper` (k = 2, α as it is;
 * Krizhevsky et al. 2012, section 3.3), `caffe` (k = 1, α divided by `size`). Defaults: the paper's 5, 1e-4, 0.75.
 */
export function responseNorm(options: Partial<ResponseNormOptions> = {}): Layer {
  const whole = { size: 5, alpha: 1e-4, beta: 0.75, ...options }
  return {
    kind: 'responseNorm',
    plan(input) {
      checkRank(input, 3, '[channels, height, width]')
      return { output: input }
    },
    forward: (x) => normalise(x, whole),
  }
}
