// A back end for tests and benchmarks of the scattering kernels: buffers in a heap, the reference for all that has no kernel.
import { type Backend, type Buffer, type RealArray, type RealDType, dtypeOf, reference } from '@scatterlab/tensor'
import { Kernels } from '../fourier/kernels.ts'
import { Heap } from '../memory/heap.ts'
import { ScatteringOperations } from './operations.ts'
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
  const operations = new ScatteringOperations(new Kernels(heap, relaxed), addressOf, () => workers)
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
  const orReference =
    <A extends unknown[]>(name: string, run: (...args: A) => boolean, otherwise: (...args: A) => void) =>
    (...args: A): void => {
      if (run(...args)) return
      declined.set(name, (declined.get(name) ?? 0) + 1)
      otherwise(...args)
    }
  const onReference = <A extends unknown[]>(name: string, run: (...args: A) => void): ((...args: A) => void) =>
    orReference(name, () => operations.outside(), run)
  return {
    ...reference,
    name: 'wasm',
    lanes: 4,
    laneStep: 4,
    declined,
    allocate: (dtype, length) => operations.allocated(allocate(dtype, length)),
    adopt: (data: RealArray) => {
      const buffer = allocate(dtypeOf(data), data.length)
      buffer.data!.set(data)
      return buffer
    },
    release: (buffer) => {
      const address = addressOf(buffer)
      if (address !== undefined && live.delete(address)) heap.free(address)
    },
    map: onReference('map', reference.map),
    zip: onReference('zip', reference.zip),
    reduce: onReference('reduce', reference.reduce),
    matmul: onReference('matmul', reference.matmul),
    padAdjoint: onReference('padAdjoint', reference.padAdjoint),
    spectrumAdjoint: onReference('spectrumAdjoint', reference.spectrumAdjoint),
    waveletModulusAdjoint: onReference('waveletModulusAdjoint', reference.waveletModulusAdjoint),
    averageAdjoint: onReference('averageAdjoint', reference.averageAdjoint),
    copy: orReference('copy', operations.copy.bind(operations), reference.copy),
    fft: orReference('fft', operations.fft.bind(operations), reference.fft),
    pad: orReference('pad', operations.pad.bind(operations), reference.pad),
    spectrum: orReference('spectrum', operations.spectrum.bind(operations), reference.spectrum),
    waveletModulus: orReference('waveletModulus', operations.waveletModulus.bind(operations), reference.waveletModulus),
    average: orReference('average', operations.average.bind(operations), reference.average),
    forEachGroup: operations.forEachGroup.bind(operations),
  }
}
