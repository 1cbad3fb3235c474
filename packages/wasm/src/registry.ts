// The kernels of each operation, and its reference where none of them takes the call.
import type { AnyOperation, Backend, Kernel } from '@scatterlab/tensor'
import type { HostKernel } from './host.ts'

/**
 * `Backend.run` over kernels, in their order: the first that takes the arguments, else the reference, after `decline` was told. `outside` is
 * called before anything whose calls cannot be replayed.
 */
export function runnerOf(
  registered: readonly HostKernel[],
  outside: () => void,
  decline: (operation: AnyOperation) => void,
): Backend['run'] {
  const kernels = new Map<AnyOperation, HostKernel[]>()
  for (const one of registered) kernels.set(one.operation, [...(kernels.get(one.operation) ?? []), one])
  return (operation, args) => {
    for (const { run, replayed } of kernels.get(operation) ?? []) {
      if (!replayed) outside()
      if ((run as Kernel<typeof args>)(...args)) return
    }
    outside()
    decline(operation)
    operation.reference(...args)
  }
}
