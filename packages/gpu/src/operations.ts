// The operations that run on the device, each with the function that records its passes.
import type { AnyOperation, Operation } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import * as convolution from './convolution.ts'
import * as crossEntropy from './cross-entropy.ts'
import * as elementwise from './elementwise.ts'
import * as fourier from './fourier.ts'
import * as matmul from './matmul.ts'
import * as normalisation from './normalisation.ts'
import { periodise, periodiseAdjoint } from './periodise.ts'
import * as pooling from './pooling.ts'
import * as reduction from './reduction.ts'
import * as scattering from './scattering.ts'
import * as scatteringAdjoints from './scattering-adjoints.ts'
import type { Recorder } from './recorder.ts'

/** Records the passes of an operation from its prepared arguments, or declines. */
export type Record<P extends readonly unknown[]> = (recorder: Recorder, ...args: P) => void

const recorded = <A extends readonly unknown[], P extends readonly unknown[]>(
  operation: Operation<A, P>,
  record: Record<P>,
): readonly [AnyOperation, Record<never>] => [operation, record]

/** How operations are recorded. */
export const records: ReadonlyMap<AnyOperation, Record<never>> = new Map([
  recorded(operations.copy, elementwise.copy),
  recorded(operations.fused, elementwise.fused),
  recorded(operations.reduce, reduction.reduce),
  recorded(operations.matmul, matmul.matmul),
  recorded(operations.fft, fourier.fft),
  recorded(operations.pad, scattering.pad),
  recorded(operations.spectrum, scattering.spectrum),
  recorded(operations.waveletModulus, scattering.waveletModulus),
  recorded(operations.periodise, periodise),
  recorded(operations.average, scattering.average),
  recorded(operations.padAdjoint, scatteringAdjoints.padAdjoint),
  recorded(operations.spectrumAdjoint, scatteringAdjoints.spectrumAdjoint),
  recorded(operations.waveletModulusAdjoint, scatteringAdjoints.waveletModulusAdjoint),
  recorded(operations.periodiseAdjoint, periodiseAdjoint),
  recorded(operations.averageAdjoint, scatteringAdjoints.averageAdjoint),
  recorded(operations.conv2d, convolution.conv2d),
  recorded(operations.conv2dInputGradient, convolution.conv2dInputGradient),
  recorded(operations.conv2dWeightsGradient, convolution.conv2dWeightsGradient),
  recorded(operations.maxPool, pooling.maxPool),
  recorded(operations.maxPoolGradient, pooling.maxPoolGradient),
  recorded(operations.averagePool, pooling.averagePool),
  recorded(operations.averagePoolGradient, pooling.averagePoolGradient),
  recorded(operations.channelMoments, normalisation.channelMoments),
  recorded(operations.normaliseGradient, normalisation.normaliseGradient),
  recorded(operations.responseNorm, normalisation.responseNorm),
  recorded(operations.responseNormGradient, normalisation.responseNormGradient),
  recorded(operations.softmaxCrossEntropy, crossEntropy.softmaxCrossEntropy),
])
