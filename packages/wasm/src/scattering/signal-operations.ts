// The steps of a scattering layer on long signals one by one, as registered kernels: vectors run inside a line.
import { kernel } from '@scatterlab/tensor'
import { average, copy, pad, spectrum, waveletModulus } from '@scatterlab/tensor/operations'
import { type KernelSet, replayed } from '../host.ts'
import { lineAverage } from './line-average.ts'
import { lineCopy, linePad } from './line-copies.ts'
import { lineSpectrum } from './line-spectrum.ts'
import { lineModulus } from './line-wavelet.ts'

/** What single signals need beside `scatteringKernels`, which take four of them at a time. */
export const signalKernels: KernelSet = ({ steps }) =>
  replayed(
    kernel(pad, (...args) => linePad(steps, ...args)),
    kernel(spectrum, (...args) => lineSpectrum(steps, ...args)),
    kernel(waveletModulus, (...args) => lineModulus(steps, ...args)),
    kernel(average, (...args) => lineAverage(steps, ...args)),
    kernel(copy, (x, out) => lineCopy(steps, x, out)),
  )
