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
    kernel(pad, (x, rows, columns, out) => padImages(steps, x, rows, columns, out)),
    kernel(spectrum, (x, out) => spectrumOfImages(steps, x, out)),
    kernel(waveletModulus, (xhat, psi, factor, out) => modulusOfImages(steps, xhat, psi, factor, out)),
    kernel(average, (U, rows, columns, out) => averageImages(steps, U, rows, columns, out)),
    kernel(copy, (x, out) => unpack(steps, x, out) || pack(steps, x, out)),
  )
