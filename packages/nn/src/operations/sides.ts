// The heights and widths that operations on images give: what they compute by and what layers plan by.
import { type Rules, type Shape, ShapeError, ValueError, trueOrFalse } from '@scatterlab/tensor'
import {
  type AlongBoth,
  type Pair,
  type PoolingOptions,
  type WindowSteps,
  checkLengths,
  windowCount,
  windowsOf,
} from '@scatterlab/tensor/operations'
import { oneOrPair } from '../arguments.ts'

/** Height and width of images [items, channels, height, width]. Throws `ShapeError`, with the name, for other ranks. */
export function sidesOf(name: string, shape: Shape): Pair {
  checkLengths(name, shape, [null, null, null, null])
  return [shape[2], shape[3]]
}

/** Sides of a convolution's result: the windows within the padded image. Throws `ShapeError` if there are none. */
export function convolvedSides(sides: Pair, size: AlongBoth, steps: WindowSteps): Pair {
  const windows = windowsOf(size, steps)
  const result = alongBoth((axis) => windowCount(sides[axis], windows, axis))
  if (Math.min(...result) > 0) return result
  throw new ShapeError(`filters of ${windows.size.join('×')} do not fit: make the image larger or add padding`)
}

/** How a transposed convolution steps, and which size is meant of those that a convolution takes to the same one. */
export interface TransposedSteps extends WindowSteps {
  /** Rows and columns added at the end of the result (default 0), less than the stride. */
  readonly outputPadding?: AlongBoth
}

/**
 * Sides of a transposed convolution's result: (length − 1)·s − 2p + d·(size − 1) + 1 + outputPadding. Throws
 * `ShapeError` where nothing would be left, `ValueError` for an output padding that is no integer from 0 up to the
 * stride.
 */
export function transposedSides(sides: Pair, size: AlongBoth, steps: TransposedSteps): Pair {
  const windows = windowsOf(size, steps)
  const { stride, padding, dilation } = windows
  const { outputPadding = 0 } = steps
  const added = typeof outputPadding === 'number' ? [outputPadding, outputPadding] : outputPadding
  if (!added.every((pixels, axis) => Number.isInteger(pixels) && pixels >= 0 && pixels < stride[axis])) {
    throw new ValueError(
      `outputPadding ${String(outputPadding)}: give integers ≥ 0, below the stride ${stride.join('×')}`,
    )
  }
  const result = alongBoth((axis) => {
    const extent = dilation[axis] * (windows.size[axis] - 1) + 1
    return (sides[axis] - 1) * stride[axis] - 2 * padding[axis] + extent + added[axis]
  })
  if (Math.min(...result) > 0) return result
  throw new ShapeError(`padding ${padding.join('×')} leaves nothing of the result: make it smaller`)
}

/** How pooling windows lie, and how many there are. */
export interface Pooling extends PoolingOptions {
  /**
   * Where the steps do not come out even, one more window reaches past the padded image's end, as long as it begins
   * before the padding there: the rule of Caffe, cuda-convnet and PyTorch's `ceil_mode` (default false).
   */
  readonly ceil?: boolean
}

/** What these options may be. */
export const poolingRules: Rules<Pooling> = {
  size: oneOrPair(1),
  stride: oneOrPair(1),
  padding: oneOrPair(0),
  ceil: trueOrFalse,
}

/**
 * Sides of a pooled image. Throws `ShapeError` if no window fits, `ValueError` for a padding that is not less than the
 * size: such windows may hold no pixel.
 */
export function pooledSides(sides: Pair, { size, stride = size, padding = 0, ceil = false }: Pooling): Pair {
  const windows = windowsOf(size, { stride, padding })
  if (windows.padding.some((pixels, axis) => pixels >= windows.size[axis])) {
    throw new ValueError(`padding ${String(padding)} must be less than the windows' size ${windows.size.join('×')}`)
  }
  const result = alongBoth((axis) => {
    if (!ceil) return windowCount(sides[axis], windows, axis)
    const steps = (sides[axis] + 2 * windows.padding[axis] - windows.size[axis]) / windows.stride[axis]
    const beginInside = Math.ceil((sides[axis] + windows.padding[axis]) / windows.stride[axis])
    return Math.min(Math.max(0, Math.ceil(steps)) + 1, beginInside)
  })
  if (Math.min(...result) > 0) return result
  throw new ShapeError(`windows of ${windows.size.join('×')} do not fit ${sides.join('×')}: add padding, or set ceil`)
}

const alongBoth = (length: (axis: 0 | 1) => number): Pair => [length(0), length(1)]
