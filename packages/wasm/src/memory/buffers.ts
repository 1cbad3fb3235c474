// The buffers of the back end: ranges of the heap with an element type. They go back when they are released, or when nobody
// holds them any more.
import { type Buffer, type RealArray, type RealDType, dtypeOf } from '@scatterlab/tensor'
import type { Address, Heap } from './heap.ts'

const bytesOf = (dtype: RealDType): 4 | 8 => (dtype === 'float32' ? 4 : 8)

/** A range of a heap. */
class HeapBuffer implements Buffer {
  readonly dtype: RealDType
  readonly length: number
  readonly address: Address
  readonly #heap: Heap
  #data: RealArray | null = null

  constructor(heap: Heap, dtype: RealDType, length: number, address: Address) {
    this.dtype = dtype
    this.length = length
    this.address = address
    this.#heap = heap
  }

  /** The numbers in the heap as it is now: a memory that grew has a new view. */
  get data(): RealArray {
    if (this.#data?.buffer !== this.#heap.memory.buffer) {
      const { address, length } = this
      this.#data = this.dtype === 'float32' ? this.#heap.float32(address, length) : this.#heap.float64(address, length)
    }
    return this.#data
  }
}

/** All buffers of one heap. */
export class Buffers {
  readonly heap: Heap
  readonly #live = new WeakSet<Buffer>()
  readonly #forgotten: FinalizationRegistry<Address>

  constructor(heap: Heap) {
    this.heap = heap
    this.#forgotten = new FinalizationRegistry((address) => heap.free(address))
  }

  /** Zeroed memory, or memory as it is. Throws `OutOfMemoryError`. */
  allocate(dtype: RealDType, length: number, content: 'zeros' | 'any' = 'zeros'): Buffer {
    const buffer = this.#hold(dtype, length)
    if (content === 'zeros') this.heap.clear(buffer.address, length * bytesOf(dtype))
    return buffer
  }

  /** A copy of host memory. Throws `OutOfMemoryError`. */
  adopt(data: RealArray): Buffer {
    const buffer = this.#hold(dtypeOf(data), data.length)
    buffer.data.set(data)
    return buffer
  }

  /** Gives memory back; twice is harmless. */
  release(buffer: Buffer): void {
    if (!(buffer instanceof HeapBuffer) || !this.#live.delete(buffer)) return
    this.#forgotten.unregister(buffer)
    this.heap.free(buffer.address)
  }

  /** Where a buffer lies; undefined if it is not of this heap, or was released. */
  addressOf(buffer: Buffer): Address | undefined {
    return buffer instanceof HeapBuffer && this.#live.has(buffer) ? buffer.address : undefined
  }

  #hold(dtype: RealDType, length: number): HeapBuffer {
    const buffer = new HeapBuffer(this.heap, dtype, length, this.heap.allocateUnscoped(length * bytesOf(dtype)))
    this.#live.add(buffer)
    this.#forgotten.register(buffer, buffer.address, buffer)
    return buffer
  }
}
