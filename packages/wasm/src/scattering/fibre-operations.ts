// The steps of a convolution along a fibre on images in lanes, and their adjoints, as registered kernels.
import { kernel } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import { type KernelSet, replayed } from '../host.ts'
import { fibreModulus, fibreModulusAdjoint } from './fibre.ts'
import { waveletField, waveletFieldAdjoint } from './wavelet-field.ts'

/** Wavelets that keep their phase, moduli along a fibre, and their adjoints: beside `scatteringKernels`, roto-translation scattering. */
export const fibreKernels: KernelSet = ({ steps }) =>
  replayed(
    kernel(operations.waveletField, (...args) => waveletField(steps, ...args)),
    kernel(operations.waveletFieldAdjoint, (...args) => waveletFieldAdjoint(steps, ...args)),
    kernel(operations.fibreModulus, (...args) => fibreModulus(steps, ...args)),
    kernel(operations.fibreModulusAdjoint, (...args) => fibreModulusAdjoint(steps, ...args)),
  )
