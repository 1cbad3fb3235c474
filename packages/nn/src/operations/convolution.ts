// Convolution of images and its adjoint, with their gradients.
import * as operations from '@scatterlab/tensor/operations'
import {
  type Rules,
  type Source,
  type Tensor,
  ValueError,
  checkOptions,
  differentiable,
  oneOf,
  sum,
  unwritten,
  wholeNumber,
} from '@scatterlab/tensor'
import { type ConvolutionOptions, checkLengths, convolutionAlgorithms } from '@scatterlab/tensor/operations'
import { aTensor, oneOrPair, checkTensor } from '../arguments.ts'
import { filled } from './filled.ts'
import { type TransposedSteps, convolvedSides, sidesOf, transposedSides } from './sides.ts'

/** How a convolution steps, and what it adds. */
export interface Convolution extends ConvolutionOptions {
  /** [channels of the result], added to every pixel. */
  readonly bias?: Tensor
}

/** What the steps may be. */
export const stepRules: Rules<ConvolutionOptions> = {
  stride: oneOrPair(1),
  padding: oneOrPair(0),
  dilation: oneOrPair(1),
  groups: wholeNumber(1),
  algorithm: oneOf(...convolutionAlgorithms),
}

/** How a transposed convolution steps, how far its result reaches, and what it adds. */
export interface TransposedConvolution extends Convolution, TransposedSteps {}

/**
 * Σ w[o, c, i, j]·x[n, c, y·s − p + i·d, x·s − p + j·d] + bias: x [n, inChannels, height, width], weights [outChannels,
 * inChannels / groups, h, w], by the windows that lie in the padded image. Throws `ShapeError` or `ValueError`.
 */
export function conv2d(x: Tensor, weights: Tensor, options: Convolution = {}): Tensor {
  checkTensor('conv2d: x', x)
  checkTensor('conv2d: weights', weights)
  const { bias, ...steps } = checkOptions<Convolution>('conv2d', options, { ...stepRules, bias: aTensor })
  const sides = convolvedSides(sidesOf('the image', x.shape), sidesOf('the weights', weights.shape), steps)
  const out = unwritten([x.shape[0], weights.shape[0], ...sides], x)
  operations.conv2d(x.backend, x, weights, out, bias ? { ...steps, bias } : steps)
  return differentiable(
    out,
    [x, (g) => filled(x, (gradX) => operations.conv2dInputGradient(x.backend, g, weights, gradX, steps))],
    [
      weights,
      (g) => filled(weights, (gradWeights) => operations.conv2dWeightsGradient(x.backend, x, g, gradWeights, steps)),
    ],
    ...biasRule(bias),
  )
}

/**
 * The adjoint of `conv2d` in its image: x [n, inChannels, height, width], weights [inChannels, outChannels / groups, h,
 * w], sides (length − 1)·s − 2p + d·(size − 1) + 1 + outputPadding. Dumoulin & Visin (2016), section 4. Throws
 * `ShapeError` or `ValueError`.
 */
export function transposedConv2d(x: Tensor, weights: Tensor, given: TransposedConvolution = {}): Tensor {
  checkTensor('transposedConv2d: x', x)
  checkTensor('transposedConv2d: weights', weights)
  const rules = { ...stepRules, bias: aTensor, outputPadding: oneOrPair(0) }
  const options = checkOptions<TransposedConvolution>('transposedConv2d', given, rules)
  const { bias, outputPadding: _, ...steps } = options
  const { groups = 1 } = steps
  const sides = transposedSides(sidesOf('the image', x.shape), sidesOf('the weights', weights.shape), options)
  checkLengths('the weights', weights.shape, [x.shape[1], null, null, null])
  const channels = weights.shape[1] * groups
  checkGroups(groups, x.shape[1], channels)
  const out = unwritten([x.shape[0], channels, ...sides], x)
  operations.conv2dInputGradient(x.backend, x, weights, out, bias ? { ...steps, bias } : steps)
  return differentiable(
    out,
    [x, (g) => filled(x, (gradX) => operations.conv2d(x.backend, g, weights, gradX, steps))],
    [
      weights,
      (g) => filled(weights, (gradWeights) => operations.conv2dWeightsGradient(x.backend, g, x, gradWeights, steps)),
    ],
    ...biasRule(bias),
  )
}

const biasRule = (bias: Tensor | undefined): Source[] => (bias ? [[bias, (g) => sum(g, { axes: [0, 2, 3] })]] : [])

/** Throws `ValueError` unless both numbers of channels are positive integers that split into the groups. */
export function checkGroups(groups: number, inChannels: number, channels: number): void {
  if (!Number.isInteger(channels) || channels < 1) throw new ValueError(`channels ${channels}: give a positive integer`)
  if (!Number.isInteger(groups) || groups < 1 || inChannels % groups || channels % groups) {
    throw new ValueError(`groups ${groups} must divide ${inChannels} input channels and ${channels} output channels`)
  }
}
