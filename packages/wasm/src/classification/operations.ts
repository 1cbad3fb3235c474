// The loss of classification on the heap, in single precision.
import { kernel } from '@scatterlab/tensor'
import { softmaxCrossEntropy } from '@scatterlab/tensor/operations'
import type { KernelSet } from '../host.ts'
import { Crews } from '../threads/crew.ts'
import { type CrossEntropyKernel, crossEntropyModule } from './cross-entropy.ts'

/** Losses of classification. */
export const classificationKernels: KernelSet = (host) => {
  const { heap } = host
  let crews: Crews<CrossEntropyKernel> | null = null

  return [
    kernel(softmaxCrossEntropy, (logits, labels, losses, gradLogits) => {
      const views = host.placeSingle(gradLogits === undefined ? [logits, losses] : [logits, losses, gradLogits])
      if (views === null) return false
      const [z, loss, gradient] = views
      const [items, classes] = logits.shape as [number, number]
      crews ??= new Crews<CrossEntropyKernel>(heap, [crossEntropyModule(heap.shared)], () => null)
      const { crossEntropy } = crews.for(false).kernels
      heap.scope(() => {
        const labelsAt = heap.allocate(4 * items)
        heap.int32(labelsAt, items).set(labels)
        const scratch = heap.allocate(4 * (classes + 3))
        const [row, step] = gradient?.strides ?? [0, 0]
        crossEntropy.run(
          items,
          classes,
          z!.address,
          z!.strides[0]!,
          z!.strides[1]!,
          labelsAt,
          loss!.address,
          loss!.strides[0]!,
          gradient?.address ?? 0,
          row!,
          step!,
          scratch,
        )
      })
      return true
    }),
  ]
}
