// Convolutions and their gradients on the heap, in single precision.
import { type View, kernel } from '@scatterlab/tensor'
import { conv2d, conv2dInputGradient, conv2dWeightsGradient } from '@scatterlab/tensor/operations'
import type { KernelSet } from '../host.ts'
import { single } from '../assembler/precision.ts'
import { candidateTiles } from '../matmul/tuning.ts'
import { Convolution } from './convolution.ts'

/** Convolutions. */
export const convolutionKernels: KernelSet = (host) => {
  let made: Convolution | null = null
  const convolution = (): Convolution =>
    (made ??= new Convolution(host.heap, candidateTiles(single, host.relaxed)[0]!, host.workers, host.convolutions))
  const present = (views: readonly (View | undefined)[]): View[] => views.filter((view) => view !== undefined)

  return [
    kernel(conv2d, (shape, ...arrays) => {
      const views = host.placeSingle(present(arrays))
      if (views !== null) convolution().forward(shape, views[0]!, views[1]!, views[2]!, views[3])
      return views !== null
    }),
    kernel(conv2dInputGradient, (shape, ...arrays) => {
      const views = host.placeSingle(present(arrays))
      if (views !== null) convolution().inputGradient(shape, views[0]!, views[1]!, views[2]!, views[3])
      return views !== null
    }),
    kernel(conv2dWeightsGradient, (shape, ...arrays) => {
      const views = host.placeSingle(arrays)
      if (views !== null) convolution().weightsGradient(shape, views[0]!, views[1]!, views[2]!)
      return views !== null
    }),
  ]
}
