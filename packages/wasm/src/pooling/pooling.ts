// Pooling and its gradients on images in the heap, image by image on all threads.
import type { PoolingShape } from '@scatterlab/tensor/operations'
import type { HeapArray } from '../memory/heap-array.ts'
import { type Argument, type Crew, Crews, call } from '../threads/crew.ts'
import type { Address, Heap } from '../memory/heap.ts'
import { LINE_SLACK, type PoolingKernel, poolingModule, poolingParameters } from './kernels.ts'
import type { Workers } from '../threads/workers.ts'

/** Pixels below which waking threads costs more than it gains. */
const LEAST_PIXELS = 2 ** 17

/** Poolings on one heap. Not for two threads at a time. */
export class Pooling {
  readonly #heap: Heap
  readonly #crews: Crews<PoolingKernel>

  /** `workers` gives the threads when they are first needed, or null where there is one only. */
  constructor(heap: Heap, workers: () => Workers | null) {
    this.#heap = heap
    this.#crews = new Crews(heap, [poolingModule(heap.shared)], workers)
  }

  /**
   * Runs a kernel: `image` is the array with the windows, `pooled` the one with a number for each window, `views` both and
   * others by the names of the kernel's parameters. No length is 0.
   */
  run(
    kernel: PoolingKernel,
    shape: PoolingShape,
    image: HeapArray,
    pooled: HeapArray,
    views: Readonly<Record<string, HeapArray>>,
  ): void {
    const [items, planes, height, width] = image.shape as [number, number, number, number]
    const [outHeight, outWidth] = pooled.shape.slice(2) as [number, number]
    const { size, stride, padding } = shape.windows
    const crew = this.#crews.for(items > 1 && items * planes * height * width >= LEAST_PIXELS)
    this.#heap.scope(() => {
      const reach = Math.max(padding[1] + width, (outWidth - 1) * stride[1] + size[1]) + LINE_SLACK
      const numbers: Record<string, Argument> = {
        planes,
        height,
        width,
        outHeight,
        outWidth,
        sizeY: size[0],
        sizeX: size[1],
        strideY: stride[0],
        strideX: stride[1],
        padY: padding[0],
        padX: padding[1],
        line: this.#lines(crew, reach, kernel === 'maxPool' ? -Infinity : 0),
        countsY: 0,
        countsX: 0,
      }
      if (kernel.startsWith('average')) {
        numbers['countsY'] = this.#numbers(outHeight, (o) => shape.count(o, 0))
        numbers['countsX'] = this.#numbers(outWidth, (o) => shape.count(o, 1))
      }
      for (const [name, { address, strides }] of Object.entries(views)) {
        numbers[name] = { at: address, perItem: strides[0]! }
        numbers[`plane${name}`] = strides[1]!
        numbers[`row${name}`] = strides[2]!
        numbers[`step${name}`] = strides[3]!
      }
      const args = poolingParameters[kernel].map((name) => numbers[name]!)
      crew.run([{ count: items, calls: [call(crew.kernels[kernel], ...args)] }])
    })
  }

  /** A line for each thread, filled with what changes nothing. */
  #lines({ threads }: Crew<PoolingKernel>, length: number, value: number): Argument {
    const own = 64 * Math.ceil((4 * length) / 64)
    const at = this.#heap.allocate(threads * own)
    this.#heap.float32(at, (threads * own) / 4).fill(value)
    return { at, perThread: own }
  }

  #numbers(length: number, value: (index: number) => number): Address {
    const address = this.#heap.allocate(4 * length)
    this.#heap.float32(address, length).set(Array.from({ length }, (_, i) => value(i)))
    return address
  }
}
