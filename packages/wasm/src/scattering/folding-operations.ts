// Filters on their support and the folding of what they pass, on spectra in lanes, as registered kernels.
import { kernel } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import { type KernelSet, replayed } from '../host.ts'
import { periodise, periodiseAdjoint } from './periodise.ts'

/** Folded products with complex results, and their adjoints: for transforms that do not end in moduli at once. */
export const foldingKernels: KernelSet = ({ steps }) =>
  replayed(
    kernel(operations.periodise, (...args) => periodise(steps, ...args)),
    kernel(operations.periodiseAdjoint, (...args) => periodiseAdjoint(steps, ...args)),
  )
