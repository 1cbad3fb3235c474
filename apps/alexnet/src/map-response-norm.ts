// Response normalisation within each map, over neighbouring pixels: the `rnorm` of cuda-convnet. Across maps it is `responseNorm`.
import { type Layer, operations } from '@scatterlab/nn'
import { add, exp, log, mul, square } from '@scatterlab/tensor'

/** A neighbourhood of size×size pixels, odd. */
export interface MapResponseNormOptions {
  readonly size: number
  readonly alpha: number
  readonly beta: number
}

/**
 * x·(1 + α/size² Σ x²)^−β over the size×size pixels around each one, of the same map; pixels outside the image are 0. In cuda-convnet
 * α is `scale`, β is `pow`, and the division by size² is done when the configuration is read.
 */
export const mapResponseNorm = ({ size, alpha, beta }: MapResponseNormOptions): Layer => ({
  kind: 'mapResponseNorm',
  plan: (input) => ({ output: input }),
  forward(x) {
    const meanSquare = operations.averagePool2d(square(x), { size, stride: 1, padding: (size - 1) / 2 })
    return mul(x, exp(mul(log(add(mul(meanSquare, alpha), 1)), -beta)))
  },
})
