// Constants that kernels read again and again, such as the roots of unity: on the device under a key, the oldest forgotten first.
import { GpuBuffer } from './buffers.ts'
import type { CommandQueue } from './command-queue.ts'

/** Tables that are kept, at most. */
const MOST = 512

/** The tables of one back end. */
export class Tables {
  readonly #buffers = new Map<string, GpuBuffer>()

  /** The table of a key, made where there is none. */
  get(key: string, make: () => Float32Array, queue: CommandQueue): GpuBuffer {
    let buffer = this.#buffers.get(key)
    if (buffer === undefined) {
      const data = make()
      buffer = new GpuBuffer('float32', data.length, { kind: 'host', data }, data)
      const [oldest] = this.#buffers
      if (this.#buffers.size >= MOST && oldest !== undefined) {
        this.#buffers.delete(oldest[0])
        queue.release(oldest[1].cell)
      }
    }
    // the most recently used last
    this.#buffers.delete(key)
    this.#buffers.set(key, buffer)
    return buffer
  }
}
