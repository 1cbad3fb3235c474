// A back end for tests and benchmarks of the scattering kernels: buffers in a heap, the reference for all that has no kernel.
import { type Backend, type Buffer, type RealArray, type RealDType, dtypeOf, reference } from '@scatterlab/tensor'
import { Kernels } from '../fourier/kernels.ts'
import { Heap } from '../memory/heap.ts'
import { runnerOf } from '../registry.ts'
import { fourierKernels } from '../fourier/operations.ts'
import { Host } from '../host.ts'
import { Replay } from '../replay/replay.ts'
import { scatteringGradientKernels } from './adjoint-operations.ts'
import { foldingKernels } from './folding-operations.ts'
import { scatteringKernels } from './operations.ts'
import { signalKernels } from './signal-operations.ts'
import type { Workers } from '../threads/workers.ts'

interface HeapBuffer extends Buffer {
  readonly address: number
}

/** The kernels on a heap of their own; `declined` counts what ran on the reference. */
export function host(
  relaxed: boolean,
  heap: Heap = new Heap(),
  workers: Workers | null = null,
): Backend & { readonly declined: Map<string, number> } {
  const declined = new Map<string, number>()
  const live = new Set<number>()
  const addressOf = (buffer: Buffer): number | undefined =>
    'address' in buffer ? (buffer as HeapBuffer).address : undefined
  const replay = new Replay(new Kernels(heap, relaxed), addressOf, () => workers)
  const owner = new Host(heap, relaxed, addressOf, () => workers, replay.steps)
  const allocate = (dtype: RealDType, length: number): HeapBuffer => {
    const bytes = dtype === 'float32' ? 4 : 8
    const address = heap.allocateZeroed(Math.max(1, length) * bytes)
    live.add(address)
    return {
      dtype,
      length,
      address,
      get data() {
        return dtype === 'float32' ? heap.float32(address, length) : heap.float64(address, length)
      },
    }
  }
  return {
    ...reference,
    name: 'wasm',
    lanes: 4,
    laneStep: 4,
    declined,
    allocate: (dtype, length, content) => replay.allocated(allocate(dtype, length), content),
    adopt: (data: RealArray) => {
      const buffer = allocate(dtypeOf(data), data.length)
      buffer.data!.set(data)
      return buffer
    },
    release: (buffer) => {
      const address = addressOf(buffer)
      if (address !== undefined && live.delete(address)) heap.free(address)
    },
    run: runnerOf(
      [scatteringKernels, signalKernels, scatteringGradientKernels, foldingKernels, fourierKernels].flatMap((set) =>
        set(owner),
      ),
      () => replay.outside(),
      ({ title }) => declined.set(title, (declined.get(title) ?? 0) + 1),
    ),
    forEachGroup: replay.forEachGroup.bind(replay),
  }
}
