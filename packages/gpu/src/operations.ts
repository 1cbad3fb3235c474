// All operations by name: each records the passes that compute it, after checking its arguments.
import type { Backend } from '@scatterlab/tensor'
import { conv2d, conv2dInputGradient, conv2dWeightsGradient } from './convolution.ts'
import { softmaxCrossEntropy } from './cross-entropy.ts'
import { copy, map, relu, reluGradient, zip } from './elementwise.ts'
import { fft } from './fourier.ts'
import { matmul } from './matmul.ts'
import { channelMoments, normalise, normaliseGradient, responseNorm, responseNormGradient } from './normalisation.ts'
import { averagePool, averagePoolGradient, maxPool, maxPoolGradient } from './pooling.ts'
import type { Recorder } from './recorder.ts'
import { reduce } from './reduction.ts'
import { averageAdjoint, padAdjoint, spectrumAdjoint, waveletModulusAdjoint } from './scattering-adjoints.ts'
import { average, pad, spectrum, waveletModulus } from './scattering.ts'
import { adamUpdate, sgdUpdate } from './updates.ts'

/** The operations of the interface that compute. */
export type OperationName = Exclude<
  keyof Backend,
  | 'name'
  | 'description'
  | 'lanes'
  | 'laneStep'
  | 'declined'
  | 'allocate'
  | 'adopt'
  | 'release'
  | 'read'
  | 'forEachGroup'
>

/** Records an operation. */
type Recorded<F> = F extends (...args: infer A) => void ? (record: Recorder, ...args: A) => void : never

/** The operations. */
export const operations: { readonly [K in OperationName]: Recorded<Backend[K]> } = {
  copy,
  map,
  zip,
  reduce,
  matmul,
  fft,
  pad,
  spectrum,
  waveletModulus,
  average,
  padAdjoint,
  spectrumAdjoint,
  waveletModulusAdjoint,
  averageAdjoint,
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
