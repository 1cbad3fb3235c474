// All network operations of the reference, under one roof.
import type { NetworkOperations } from '../network-operations.ts'
import { relu, reluGradient } from './activation.ts'
import { conv2d, conv2dInputGradient, conv2dWeightsGradient } from './convolution.ts'
import { softmaxCrossEntropy } from './cross-entropy.ts'
import { channelMoments, normalise, normaliseGradient, responseNorm, responseNormGradient } from './normalisation.ts'
import { averagePool, averagePoolGradient, maxPool, maxPoolGradient } from './pooling.ts'
import { adamUpdate, sgdUpdate } from './update.ts'

/** The specification of `NetworkOperations`: sums in double precision. */
export const networkOperations: NetworkOperations = {
  conv2d,
  conv2dInputGradient,
  conv2dWeightsGradient,
  maxPool,
  maxPoolGradient,
  averagePool,
  averagePoolGradient,
  relu,
  reluGradient,
  channelMoments,
  normalise,
  normaliseGradient,
  responseNorm,
  responseNormGradient,
  softmaxCrossEntropy,
  sgdUpdate,
  adamUpdate,
}
