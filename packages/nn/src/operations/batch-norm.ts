// Batch normalisation by the moments of the batch or by given ones, with its gradients.
import * as operations from '@scatterlab/tensor/operations'
import { type Tensor, ShapeError, differentiable, formatShape, unwritten } from '@scatterlab/tensor'
import { filled } from './filled.ts'

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
  /** Whether the moments are constants (default where they are given), or functions of x: its own, known already. */
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
  if (x.rank < 2 || x.size === 0) throw new ShapeError(`moments of ${formatShape(x.shape)}: give [items, channels, …]`)
  const [mean, variance] = [unwritten([x.shape[1]], x), unwritten([x.shape[1]], x)]
  operations.channelMoments(x.backend, x, mean, variance)
  return { mean, variance }
}

/**
 * (x − mean) / √(variance + ε)·scale + shift, per channel (axis 1), by the moments of x, through which the gradient
 * goes, or by given ones, which are constants. Ioffe & Szegedy (2015), algorithm 1. Throws `ShapeError`.
 */
export function batchNorm(x: Tensor, options: BatchNormalisation): Tensor {
  const { scale, shift, epsilon = 1e-5, moments = channelMoments(x), frozen = options.moments !== undefined } = options
  const { mean, variance } = moments
  const out = filled(x, (y) => operations.normalise(x.backend, x, mean, variance, y, { scale, shift, epsilon }))
  // whichever rule is called first makes the gradients of scale and shift for all: one pass over the images
  const [gradScale, gradShift] = [unwritten(scale.shape, scale), unwritten(shift.shape, shift)]
  let known = false
  const pass = (g: Tensor, gradX?: Tensor): void => {
    const wanted = { gradScale, gradShift, ...(gradX && { gradX }) }
    if (gradX || !known)
      operations.normaliseGradient(x.backend, x, mean, variance, g, { scale, epsilon, frozen, ...wanted })
    known = true
  }
  return differentiable(
    out,
    [x, (g) => filled(x, (gradX) => pass(g, gradX))],
    [scale, (g) => (pass(g), gradScale)],
    [shift, (g) => (pass(g), gradShift)],
  )
}
