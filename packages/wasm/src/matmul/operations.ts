// Matrix products on the heap: real numbers of one precision.
import { kernel } from '@scatterlab/tensor'
import { matmul } from '@scatterlab/tensor/operations'
import { axesOf, forEachIndex } from '../elementwise/strided.ts'
import type { KernelSet } from '../host.ts'
import { double, single } from '../assembler/precision.ts'
import { TunedMatmul } from './tuning.ts'

/** Matrix products. */
export const matmulKernels: KernelSet = (host) => {
  const products = new Map<4 | 8, TunedMatmul>()
  const product = (bytes: 4 | 8): TunedMatmul => {
    const known = products.get(bytes)
    if (known !== undefined) return known
    const made = new TunedMatmul(host.heap, host.relaxed, bytes === 4 ? single : double, host.workers)
    products.set(bytes, made)
    return made
  }

  return [
    kernel(matmul, (a, b, out, accumulate) => {
      if ([a, b, out].some((view) => view.imagStride !== 0)) return false
      const views = host.place([a, b, out])
      if (views === null || views.some(({ bytes }) => bytes !== views[0]!.bytes)) return false
      const { bytes } = views[0]!
      const [m, n] = out.shape.slice(-2) as [number, number]
      const k = a.shape.at(-1)!
      const batch = views.map((view) => ({ ...view, strides: view.strides.slice(0, -2) }))
      const [strideA, strideB, strideC] = views.map(({ strides }) => ({
        row: strides.at(-2)! / bytes,
        column: strides.at(-1)! / bytes,
      }))
      const batchShape = out.shape.slice(0, -2)
      if (batchShape.includes(0)) return true
      const multiplier = product(bytes)
      const starts = views.map(({ address }) => address)
      forEachIndex(axesOf(batchShape, batch), starts, ([atA, atB, atC]) =>
        multiplier.multiply(
          { m, n, k },
          { address: atA!, ...strideA! },
          { address: atB!, ...strideB! },
          { address: atC!, ...strideC! },
          accumulate,
        ),
      )
      return true
    }),
  ]
}
