// Batch normalisation by the moments of the batch or by given ones, with its gradients.
import {
  type NormalisationGradients,
  type Tensor,
  ShapeError,
  checkLengths,
  differentiable,
  empty,
} from '@scatterlab/tensor'

/** By what moments, scale and shift channels are normalised. */
export interface BatchNormalisation {
  /** [channels] */
  readonly scale: Tensor
  /** [channels] */
  readonly shift: Tensor
  /** Added to the variance (default 1e-5). */
  readonly epsilon?: number
  /** Default: those of x. */
  readonly moments?: Moments
  /** The moments are constants, not functions of x (default false). */
  readonly frozen?: boolean
}

/** Mean and variance of each channel. */
export interface Moments {
  /** [channels] */
  readonly mean: Tensor
  /** [channels], divided by the number of samples. */
  readonly variance: Tensor
}

/** The moments of every channel (axis 1) of x over all other axes. Not differentiable. Throws `ShapeError`. */
export function channelMoments(x: Tensor): Moments {
  if (x.rank < 2 || x.size === 0) throw new ShapeError(`moments of ${x.shape.join('×')}: give [items, channels, …]`)
  const [mean, variance] = [empty([x.shape[1]], x), empty([x.shape[1]], x)]
  x.backend.channelMoments(x, mean, variance)
  return { mean, variance }
}

/**
 * (x − mean) / √(variance + ε)·scale + shift, per channel, by the moments of x itself, through which the gradient goes, or by
 * `frozen` ones, which are constants. Ioffe & Szegedy (2015), algorithm 1.
 */
export function batchNorm(x: Tensor, options: BatchNormalisation): Tensor {
  const { scale, shift, epsilon = 1e-5, moments = channelMoments(x), frozen = false } = options
  checkLengths('scale', scale.shape, [x.shape[1]])
  checkLengths('shift', shift.shape, [x.shape[1]])
  const { mean, variance } = moments
  const out = empty(x.shape, x)
  x.backend.normalise(x, mean, variance, out, { scale, shift, epsilon })
  const constants = { scale, epsilon, frozen }
  const back = (g: Tensor, wanted: Partial<NormalisationGradients>): void =>
    x.backend.normaliseGradient(x, mean, variance, g, { ...constants, ...wanted })
  // one pass over the images gives the gradients of both constants
  const [gradScale, gradShift] = [empty(scale.shape, scale), empty(shift.shape, shift)]
  let done: Tensor | null = null
  const constantsOf = (g: Tensor): void => {
    if (done !== g) back(g, { gradScale, gradShift })
    done = g
  }
  return differentiable(
    out,
    [
      x,
      (g) => {
        const gradX = empty(x.shape, x)
        back(g, { gradX, gradScale, gradShift })
        done = g
        return gradX
      },
    ],
    [scale, (g) => (constantsOf(g), gradScale)],
    [shift, (g) => (constantsOf(g), gradShift)],
  )
}
