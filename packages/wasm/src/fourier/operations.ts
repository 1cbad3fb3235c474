// Fourier transforms of arrays of any layout, as registered kernels.
import { kernel } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import { type KernelSet, replayed } from '../host.ts'
import { fft } from './fft.ts'
import { realPlanes } from './real-planes.ts'

/** Transforms along one axis of complex arrays, and the half spectrum of real images that lie one after the other. */
export const fourierKernels: KernelSet = ({ steps }) =>
  replayed(
    kernel(operations.fft, (...args) => fft(steps, ...args)),
    kernel(operations.spectrum, (...args) => realPlanes(steps, ...args)),
  )
