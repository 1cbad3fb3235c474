// Batch and response normalisation and their gradients on the heap, in single precision.
import { kernel } from '@scatterlab/tensor'
import { channelMoments, normaliseGradient, responseNorm, responseNormGradient } from '@scatterlab/tensor/operations'
import type { KernelSet } from '../host.ts'
import { Normalisation } from './normalisation.ts'

/** Normalisations. */
export const normalisationKernels: KernelSet = (host) => {
  let made: Normalisation | null = null
  const normalisation = (): Normalisation => (made ??= new Normalisation(host.heap, host.workers))

  return [
    kernel(channelMoments, (x, mean, variance) => {
      const placed = host.placeNamed({ X: x, mean, variance })
      if (placed === null) return false
      const { X, ...vectors } = placed
      return normalisation().perChannel('moments', { X: X! }, vectors, {})
    }),
    kernel(normaliseGradient, (x, mean, variance, gradOut, { epsilon, frozen, gradX, ...wanted }) => {
      const placed = host.placeNamed({ X: x, Gradient: gradOut, To: gradX, mean, variance, ...wanted })
      if (placed === null) return false
      const { X, Gradient, To, ...vectors } = placed
      const arrays = { X: X!, Gradient: Gradient!, To: To ?? null }
      return normalisation().perChannel('normaliseGradient', arrays, vectors, { epsilon, frozen: Number(frozen) })
    }),
    kernel(responseNorm, (x, out, constants) => {
      const views = host.placeSingle([x, out])
      if (views === null) return false
      return normalisation().perImage('response', { X: views[0]!, Out: views[1]! }, constants)
    }),
    kernel(responseNormGradient, (x, gradOut, gradX, constants) => {
      const views = host.placeSingle([x, gradOut, gradX])
      if (views === null) return false
      const [X, Gradient, To] = views
      return normalisation().perImage('responseGradient', { X: X!, Gradient: Gradient!, To: To! }, constants)
    }),
  ]
}
