// Re-exports only: the mathematics of the layers, differentiable, on arrays.
export { relu } from './activations.ts'
export { type BatchNormalisation, type Moments, batchNorm, channelMoments } from './batch-norm.ts'
export { type Convolution, type TransposedConvolution, conv2d, transposedConv2d } from './convolution.ts'
export { type AveragePooling, averagePool2d, globalAveragePool, maxPool2d } from './pooling.ts'
export { responseNorm } from './response-norm.ts'
export type { Pooling } from './sides.ts'
