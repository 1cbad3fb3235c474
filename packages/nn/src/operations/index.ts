// Re-exports only: the mathematics of the layers, differentiable, on arrays.
export { relu } from './activations.ts'
export { batchNorm, channelMoments } from './batch-norm.ts'
export { conv2d, transposedConv2d } from './convolution.ts'
export { averagePool2d, globalAveragePool, maxPool2d } from './pooling.ts'
export { responseNorm } from './response-norm.ts'
