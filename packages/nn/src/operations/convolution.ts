// Convolution of images and its adjoint, with their gradients.
import {
  type ConvolutionOptions,
  type Tensor,
  ShapeError,
  differentiable,
  empty,
  sum,
  windowCount,
  windowsOf,
} from '@scatterlab/tensor'

/** How a convolution steps, and what it adds. */
export interface Convolution extends ConvolutionOptions {
  /** [channels of the result], added to every pixel. */
  readonly bias?: Tensor
}

/** How a transposed convolution steps, and how far its result reaches. */
export interface TransposedConvolution extends Convolution {
  /** Rows and columns added at the end of the result (default 0), less than the stride: which of several sizes is meant. */
  readonly outputPadding?: number
}

/**
 * Σ w[o, c, i, j]·x[n, c, y·s − p + i·d, x·s − p + j·d] + bias: x [n, inChannels, height, width], weights
 * [outChannels, inChannels / groups, h, w], by the windows that lie in the padded image. Throws `ShapeError` or `ValueError`.
 */
export function conv2d(x: Tensor, weights: Tensor, { bias, ...steps }: Convolution = {}): Tensor {
  if (x.rank !== 4 || weights.rank !== 4)
    throw new ShapeError(`conv2d takes [n, c, y, x] and [o, c, i, j], given ranks ${x.rank} and ${weights.rank}`)
  const windows = windowsOf([weights.shape[2], weights.shape[3]], steps)
  const sides = [windowCount(x.shape[2], windows, 0), windowCount(x.shape[3], windows, 1)]
  const out = empty([x.shape[0], weights.shape[0], ...sides], x)
  x.backend.conv2d(x, weights, out, bias ? { ...steps, bias } : steps)
  return differentiable(
    out,
    [x, (g) => filled(x, (gradX) => x.backend.conv2dInputGradient(g, weights, gradX, steps))],
    [weights, (g) => filled(weights, (gradW) => x.backend.conv2dWeightsGradient(x, g, gradW, steps))],
    ...biasRule(bias),
  )
}

/**
 * The adjoint of `conv2d` in its image: x [n, inChannels, height, width], weights [inChannels, outChannels / groups, h, w], result
 * of side (length − 1)·s − 2p + d·(size − 1) + 1 + outputPadding. Dumoulin & Visin (2016), section 4.
 */
export function transposedConv2d(x: Tensor, weights: Tensor, options: TransposedConvolution = {}): Tensor {
  const { bias, outputPadding: _, ...steps } = options
  const { groups = 1 } = steps
  if (x.rank !== 4 || weights.rank !== 4)
    throw new ShapeError(`transposedConv2d takes [n, c, y, x] and [c, o, i, j], given ranks ${x.rank}, ${weights.rank}`)
  const sides = transposedSides([x.shape[2], x.shape[3]], [weights.shape[2], weights.shape[3]], options)
  const out = empty([x.shape[0], weights.shape[1] * groups, ...sides], x)
  x.backend.conv2dInputGradient(x, weights, out, bias ? { ...steps, bias } : steps)
  return differentiable(
    out,
    [x, (g) => filled(x, (gradX) => x.backend.conv2d(g, weights, gradX, steps))],
    [weights, (g) => filled(weights, (gradW) => x.backend.conv2dWeightsGradient(g, x, gradW, steps))],
    ...biasRule(bias),
  )
}

/** Height and width of a transposed convolution's result. Throws `ShapeError` where nothing would be left. */
export function transposedSides(
  sides: readonly [number, number],
  size: readonly [number, number],
  { outputPadding = 0, ...steps }: TransposedConvolution,
): [number, number] {
  const { stride, padding, dilation } = windowsOf(size, steps)
  const side = (axis: 0 | 1): number =>
    (sides[axis] - 1) * stride[axis] - 2 * padding[axis] + dilation[axis] * (size[axis] - 1) + 1 + outputPadding
  if (side(0) < 1 || side(1) < 1) throw new ShapeError(`padding ${String(padding)} leaves nothing of the result`)
  return [side(0), side(1)]
}

const biasRule = (bias: Tensor | undefined) =>
  bias ? [[bias, (g: Tensor) => sum(g, { axes: [0, 2, 3] })] as const] : []

/** An array of x's shape that `fill` has written. */
export function filled(x: Tensor, fill: (out: Tensor) => void): Tensor {
  const out = empty(x.shape, x)
  fill(out)
  return out
}
