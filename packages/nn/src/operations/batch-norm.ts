// Batch normalisation by the moments of the batch or by given ones, with its gradients.
import * as operations from '@scatterlab/tensor/operations'
import {
  type Rules,
  type Tensor,
  ShapeError,
  checkOptions,
  differentiable,
  formatShape,
  positive,
  trueOrFalse,
  unwritten,
} from '@scatterlab/tensor'
import { aTensor, checkTensor, isRecord } from '../arguments.ts'
import { withinRange } from './batch-norm-range.ts'
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

const rules: Rules<BatchNormalisation> = {
  scale: aTensor,
  shift: aTensor,
  epsilon: positive,
  moments: (value) =>
    isRecord(value) && !aTensor(value['mean']) && !aTensor(value['variance'])
      ? undefined
      : 'tensors { mean, variance }',
  frozen: trueOrFalse,
}

/** The moments of every channel (axis 1) of x over all other axes. Not differentiable. Throws `ShapeError`. */
export function channelMoments(x: Tensor): Moments {
  checkTensor('channelMoments: x', x)
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
  checkTensor('batchNorm: x', x)
  const given = checkOptions<BatchNormalisation>('batchNorm', options, rules, ['scale', 'shift'])
  const { scale, shift, epsilon = 1e-5, moments = channelMoments(x), frozen = given.moments !== undefined } = given
  const { mean, variance } = moments
  const smaller = frozen ? null : withinRange(x, variance)
  if (smaller) return batchNorm(smaller, { scale, shift, epsilon })
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
