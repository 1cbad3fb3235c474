// A device that runs the text of kernels as the JavaScript that it is, number by number, rounding what is stored: it shows what
// the text says, without a GPU. Counts what is alive, and can be lost.
import { runInThisContext } from 'node:vm'
import type { Device, DeviceArray, DeviceCounts } from './device.ts'
import { ContextLostError } from './errors.ts'

type Kernel = (this: { thread: { x: number } }, ...parameters: unknown[]) => number

interface HostArray extends DeviceArray {
  readonly data: Float32Array
}

/** A device of one processor. */
export class Interpreter implements Device {
  readonly mode = 'webgpu'
  readonly description = 'the text of the kernels'
  readonly #live = new Set<DeviceArray>()
  readonly #kernels = new Map<string, Kernel>()
  sound = true

  get counts(): DeviceCounts {
    const lengths = [...this.#live].map(({ length }) => length)
    return { arrays: lengths.length, bytes: 4 * lengths.reduce((a, b) => a + b, 0), kernels: this.#kernels.size }
  }

  async run(
    source: string,
    length: number,
    arrays: readonly DeviceArray[],
    numbers: readonly number[],
  ): Promise<DeviceArray> {
    this.#check()
    const kernel = this.#kernels.get(source) ?? (runInThisContext(`(${source})`) as Kernel)
    this.#kernels.set(source, kernel)
    const inputs = arrays.map((array) => dataOf(array))
    const data = new Float32Array(length)
    const parameters = [...inputs, ...numbers.map(Math.fround)]
    for (let x = 0; x < length; x++) data[x] = kernel.call({ thread: { x } }, ...parameters)
    return this.#hold(data)
  }

  async upload(data: Float32Array): Promise<DeviceArray> {
    this.#check()
    return this.#hold(data.slice())
  }

  async read(array: DeviceArray): Promise<Float32Array> {
    this.#check()
    return dataOf(array).slice()
  }

  free(array: DeviceArray): void {
    this.#live.delete(array)
  }

  async close(): Promise<void> {
    this.#live.clear()
  }

  #check(): void {
    if (!this.sound) throw new ContextLostError()
  }

  #hold(data: Float32Array): DeviceArray {
    const array: HostArray = { device: this, length: data.length, data }
    this.#live.add(array)
    return array
  }
}

const dataOf = (array: DeviceArray): Float32Array => (array as HostArray).data
