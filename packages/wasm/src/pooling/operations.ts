// Poolings and their gradients on the heap, in single precision.
import { kernel } from '@scatterlab/tensor'
import { averagePool, averagePoolGradient, maxPool, maxPoolGradient } from '@scatterlab/tensor/operations'
import type { KernelSet } from '../host.ts'
import { Pooling } from './pooling.ts'

/** Poolings. */
export const poolingKernels: KernelSet = (host) => {
  let made: Pooling | null = null
  const pooling = (): Pooling => (made ??= new Pooling(host.heap, host.workers))

  return [
    kernel(maxPool, (shape, x, out) => {
      const views = host.placeNamed({ X: x, Out: out })
      if (views !== null) pooling().run('maxPool', shape, views.X!, views.Out!, views)
      return views !== null
    }),
    kernel(maxPoolGradient, (shape, x, out, gradOut, gradX) => {
      const views = host.placeNamed({ X: x, Out: out, Gradient: gradOut, To: gradX })
      if (views !== null) pooling().run('maxPoolGradient', shape, views.X!, views.Out!, views)
      return views !== null
    }),
    kernel(averagePool, (shape, x, out) => {
      const views = host.placeNamed({ X: x, Out: out })
      if (views !== null) pooling().run('averagePool', shape, views.X!, views.Out!, views)
      return views !== null
    }),
    kernel(averagePoolGradient, (shape, gradOut, gradX) => {
      const views = host.placeNamed({ Gradient: gradOut, To: gradX })
      if (views !== null) pooling().run('averagePoolGradient', shape, views.To!, views.Gradient!, views)
      return views !== null
    }),
  ]
}
