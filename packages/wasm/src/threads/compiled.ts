// Modules of kernels, compiled.
import type { Module } from '../assembler/assembler.ts'
import type { Heap } from '../memory/heap.ts'
import type { SharedKernel, Workers } from './workers.ts'

/** A compiled kernel: numbers and addresses in, effects in the heap. */
export type Kernel = (...parameters: number[]) => void

/** The kernels of one module on one heap: for the calling thread, and for all threads once they are wanted there. */
export class Compiled<Name extends string = string> {
  /** On the calling thread. */
  readonly own: Readonly<Record<Name, Kernel>>
  readonly #bytes: Uint8Array<ArrayBuffer>
  #shared: Readonly<Record<Name, SharedKernel>> | null = null

  constructor({ memory }: Heap, module: Module) {
    this.#bytes = module.bytes()
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(this.#bytes), { env: { memory } })
    this.own = exports as unknown as Readonly<Record<Name, Kernel>>
  }

  /** On all threads; null where the pool takes no further module. */
  on(workers: Workers): Readonly<Record<Name, SharedKernel>> | null {
    if (this.#shared === null && workers.isFull) return null
    return (this.#shared ??= workers.register(this.#bytes) as Readonly<Record<Name, SharedKernel>>)
  }
}
