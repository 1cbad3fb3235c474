// The steps of a scattering layer on images in lanes, as registered kernels. Index lists, filters' values and kernels' taps must not change.
import { kernel } from '@scatterlab/tensor'
import { average, copy, pad, spectrum, waveletModulus } from '@scatterlab/tensor/operations'
import { type KernelSet, replayed } from '../host.ts'
import { average as averageImages } from './average.ts'
import { pack, unpack } from './lanes.ts'
import { pad as padImages } from './pad.ts'
import { spectrum as spectrumOfImages } from './spectrum.ts'
import { waveletModulus as modulusOfImages } from './wavelet.ts'

/** Padding, spectrum, wavelets and averages, for images of contiguous rows or innermost; and copies into lanes and back. */
export const scatteringKernels: KernelSet = ({ steps }) =>
  replayed(
    kernel(pad, (...args) => padImages(steps, ...args)),
    kernel(spectrum, (...args) => spectrumOfImages(steps, ...args)),
    kernel(waveletModulus, (...args) => modulusOfImages(steps, ...args)),
    kernel(average, (...args) => averageImages(steps, ...args)),
    kernel(copy, (x, out) => unpack(steps, x, out) || pack(steps, x, out)),
  )
