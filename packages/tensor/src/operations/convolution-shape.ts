// The sizes of a convolution, checked once for all back ends. No data.
import type { View } from '../backend/backend.ts'
import { shown } from '../check-options.ts'
import { ValueError } from '../errors.ts'
import { type WindowSteps, type Windows, checkLengths, windowsOf } from './window.ts'

/** The algorithms that a convolution may be computed by. */
export const convolutionAlgorithms = ['fastest', 'direct', 'F(2,3)', 'F(4,3)', 'F(2,5)'] as const

/**
 * How sums are computed: `direct` as they are defined. `F(2,3)` and `F(4,3)` by minimal filtering (Winograd) in tiles of 2×2 or 4×4
 * outputs, for filters of 3×3 with stride and dilation 1; `F(2,5)` in tiles of 2×2, for filters of 5×5. Other convolutions are direct
 * all the same. `fastest` is what the back end finds fastest for the shape. With normal numbers and 256 channels in single
 * precision, errors relative to the result (l2) are about 4e-7 (`direct`), 1e-6 (`F(2,3)`) and 1.6e-6 (`F(4,3)`). Where a result is
 * not finite all are as `direct`.
 */
export type ConvolutionAlgorithm = (typeof convolutionAlgorithms)[number]

/** How a convolution steps over its image. */
export interface ConvolutionOptions extends WindowSteps {
  /** The channels are split into this many groups that do not see each other (default 1). */
  readonly groups?: number
  /** How it is computed (default: what the back end was made with, else `fastest`); the reference is always direct. */
  readonly algorithm?: ConvolutionAlgorithm
}

/** A convolution whose result gains a constant. */
export interface BiasedConvolutionOptions extends ConvolutionOptions {
  /** View of shape [channels of the result], added to every pixel. */
  readonly bias?: View
}

/** Every length that a convolution x [items, inChannels, height, width] → out [items, outChannels, outHeight, outWidth] has. */
export interface ConvolutionShape {
  /** Images of the batch. */
  readonly items: number
  /** Parts of the channels that do not see each other. */
  readonly groups: number
  /** Channels of x. */
  readonly inChannels: number
  /** Channels of the result. */
  readonly outChannels: number
  /** Rows of x. */
  readonly height: number
  /** Columns of x. */
  readonly width: number
  /** Rows of the result. */
  readonly outHeight: number
  /** Columns of the result. */
  readonly outWidth: number
  /** Pixels of an output plane. */
  readonly pixels: number
  /** Terms of each sum: inChannels / groups · window height · window width. */
  readonly terms: number
  /** Size, stride, padding and dilation, along both axes. */
  readonly windows: Windows
  /** How the caller wants it to be computed; undefined: as the back end likes. */
  readonly algorithm: ConvolutionAlgorithm | undefined
}

/**
 * The sizes of a convolution from x to out (the gradients have the same, with the roles of the views exchanged). Throws
 * `ShapeError` naming the view that does not fit, or `ValueError` for an option. `biased` is the view that a bias is added to.
 */
export function convolutionShape(
  x: View,
  weights: View,
  out: View,
  { groups = 1, bias, algorithm, ...steps }: BiasedConvolutionOptions,
  biased: View = out,
): ConvolutionShape {
  checkLengths('the image', x.shape, [null, null, null, null])
  checkLengths('the weights', weights.shape, [null, null, null, null])
  const [items, inChannels, height, width] = x.shape
  const [outChannels, groupChannels, windowHeight, windowWidth] = weights.shape
  if (!Number.isInteger(groups) || groups < 1 || outChannels % groups !== 0 || groupChannels * groups !== inChannels) {
    throw new ValueError(
      `groups ${groups}: ${inChannels} input channels must be ${groupChannels} (the weights' second axis) times that, ` +
        `and ${outChannels} output channels a multiple of it`,
    )
  }
  if (algorithm !== undefined && !convolutionAlgorithms.includes(algorithm))
    throw new ValueError(`algorithm ${shown(algorithm)}: give one of ${convolutionAlgorithms.join(', ')}`)
  const windows = windowsOf([windowHeight, windowWidth], steps)
  checkLengths('the output', out.shape, [items, outChannels, null, null])
  if (bias !== undefined) checkLengths('the bias', bias.shape, [biased.shape[1]])
  const [outHeight, outWidth] = out.shape.slice(2)
  return {
    items,
    groups,
    inChannels,
    outChannels,
    height,
    width,
    outHeight,
    outWidth,
    pixels: outHeight * outWidth,
    terms: groupChannels * windowHeight * windowWidth,
    windows,
    algorithm,
  }
}
