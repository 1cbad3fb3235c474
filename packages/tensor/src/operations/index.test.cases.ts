// The contracts of all operations, a row each.
import { type OperationCases } from './contract.test.cases.ts'
import {
  conv2dCases,
  conv2dInputGradientCases,
  conv2dWeightsGradientCases,
  filteredConvolutionCases,
} from './convolution.test.cases.ts'
import { copyCases } from './copy.test.cases.ts'
import { softmaxCrossEntropyCases } from './cross-entropy.test.cases.ts'
import { fftCases } from './fft.test.cases.ts'
import {
  fibreModulusAdjointCases,
  fibreModulusCases,
  waveletFieldAdjointCases,
  waveletFieldCases,
} from './fibre.test.cases.ts'
import { fusedCases, fusedSumsCases } from './fused.test.cases.ts'
import { matmulCases } from './matmul.test.cases.ts'
import { channelMomentsCases, normaliseCases, normaliseGradientCases } from './normalisation.test.cases.ts'
import { averagePoolCases, averagePoolGradientCases, maxPoolCases, maxPoolGradientCases } from './pooling.test.cases.ts'
import { reduceCases } from './reduce.test.cases.ts'
import { responseNormCases, responseNormGradientCases } from './response-norm.test.cases.ts'
import {
  averageAdjointCases,
  averageCases,
  padAdjointCases,
  padCases,
  periodiseAdjointCases,
  periodiseCases,
  spectrumAdjointCases,
  spectrumCases,
  waveletModulusAdjointCases,
  waveletModulusCases,
} from './scattering.test.cases.ts'

export * from './contract.test.cases.ts'
export * from './operand.test.cases.ts'

/** The contracts. */
export const contracts: readonly OperationCases[] = [
  copyCases,
  fusedCases,
  fusedSumsCases,
  reduceCases,
  matmulCases,
  fftCases,
  padCases,
  spectrumCases,
  waveletModulusCases,
  periodiseCases,
  averageCases,
  padAdjointCases,
  spectrumAdjointCases,
  waveletModulusAdjointCases,
  periodiseAdjointCases,
  averageAdjointCases,
  waveletFieldCases,
  waveletFieldAdjointCases,
  fibreModulusCases,
  fibreModulusAdjointCases,
  conv2dCases,
  conv2dInputGradientCases,
  conv2dWeightsGradientCases,
  ...filteredConvolutionCases,
  maxPoolCases,
  maxPoolGradientCases,
  averagePoolCases,
  averagePoolGradientCases,
  channelMomentsCases,
  normaliseCases,
  normaliseGradientCases,
  responseNormCases,
  responseNormGradientCases,
  softmaxCrossEntropyCases,
]
