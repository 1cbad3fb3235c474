// Which kernels there are for an operation, and what runs where none takes it.
import type { AnyOperation, Backend, Kernel, RegisteredKernel } from '@scatterlab/tensor'

/**
 * `Backend.run` over kernels, in their order: the first that takes the arguments, else the reference, after `decline` was told.
 */
export function runnerOf(
  registered: readonly RegisteredKernel[],
  decline: (operation: AnyOperation) => void,
): Backend['run'] {
  const kernels = new Map<AnyOperation, Kernel<never>[]>()
  for (const { operation, run } of registered) kernels.set(operation, [...(kernels.get(operation) ?? []), run])
  return (operation, args) => {
    const own = kernels.get(operation) as readonly Kernel<typeof args>[] | undefined
    if (own?.some((run) => run(...args))) return
    decline(operation)
    operation.reference(...args)
  }
}
