// Re-exports only: the mathematics of the layers, differentiable, on arrays.
export { conv2d, transposedConv2d } from './convolution.ts'
