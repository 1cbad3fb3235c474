// Fourier transforms of arrays of any layout, as registered kernels.
import { kernel } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import { type KernelSet, replayed } from '../host.ts'
import { fft } from './fft.ts'
import { realPlanesBack } from './real-planes-back.ts'
import { realPlanes } from './real-planes.ts'

/** Transforms along one axis of complex arrays, and the half spectrum of real images that lie one after the other, with its adjoint. */
export const fourierKernels: KernelSet = ({ steps }) =>
  replayed(
    kernel(operations.fft, (x, out, axis, sign) => fft(steps, x, out, axis, sign)),
    kernel(operations.spectrum, (x, out) => realPlanes(steps, x, out)),
    kernel(operations.spectrumAdjoint, (g, out, accumulate) => realPlanesBack(steps, g, out, accumulate)),
  )
