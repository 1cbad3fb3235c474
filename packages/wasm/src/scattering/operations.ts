// The steps of a scattering layer on images in lanes, as registered kernels. Index lists, filters' values and kernels' taps must not change.
import { kernel } from '@scatterlab/tensor'
import { average, copy, pad, spectrum, waveletModulus } from '@scatterlab/tensor/operations'
import { type KernelSet, replayed } from '../host.ts'
import { average as averageImages } from './average.ts'
import { pack, unpack } from './lanes.ts'
import { lineAverage } from './line-average.ts'
import { lineCopy, linePad } from './line-copies.ts'
import { lineSpectrum } from './line-spectrum.ts'
import { lineModulus } from './line-wavelet.ts'
import { pad as padImages } from './pad.ts'
import { spectrum as spectrumOfImages } from './spectrum.ts'
import { waveletModulus as modulusOfImages } from './wavelet.ts'

/** Padding, spectrum, wavelets and averages, for images of contiguous rows or innermost, and for single signals; and copies into lanes and back. */
export const scatteringKernels: KernelSet = ({ steps }) =>
  replayed(
    kernel(pad, (...args) => padImages(steps, ...args) || linePad(steps, ...args)),
    kernel(spectrum, (...args) => spectrumOfImages(steps, ...args) || lineSpectrum(steps, ...args)),
    kernel(waveletModulus, (...args) => modulusOfImages(steps, ...args) || lineModulus(steps, ...args)),
    kernel(average, (...args) => averageImages(steps, ...args) || lineAverage(steps, ...args)),
    kernel(copy, (x, out) => unpack(steps, x, out) || pack(steps, x, out) || lineCopy(steps, x, out)),
  )
