// The adjoints of the steps of a scattering layer on images in lanes, as registered kernels.
import { kernel } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import { type KernelSet, replayed } from '../host.ts'
import { averageAdjoint } from './adjoint-average.ts'
import { padAdjoint } from './adjoint-pad.ts'
import { spectrumAdjoint } from './adjoint-spectrum.ts'
import { waveletModulusAdjoint } from './adjoint-wavelet.ts'

/** What gradients through a scattering transform need beside `scatteringKernels`. */
export const scatteringGradientKernels: KernelSet = ({ steps }) =>
  replayed(
    kernel(operations.padAdjoint, (...args) => padAdjoint(steps, ...args)),
    kernel(operations.spectrumAdjoint, (...args) => spectrumAdjoint(steps, ...args)),
    kernel(operations.waveletModulusAdjoint, (...args) => waveletModulusAdjoint(steps, ...args)),
    kernel(operations.averageAdjoint, (...args) => averageAdjoint(steps, ...args)),
  )
