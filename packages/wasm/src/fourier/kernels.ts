// Kernels by what they are for: each is emitted when it is first needed, as a module, and kept. Also the constants and the work
// space that they use in the heap. Nothing here knows what a kernel does.
import { type Func, type FunctionBuilder, type Local, Module } from '../assembler/assembler.ts'
import { Vectors } from './vectors.ts'
import type { Address, Heap } from '../memory/heap.ts'
import { Compiled, type Kernel } from '../threads/compiled.ts'

/** Room for constants is taken in pieces of this many bytes. */
const CONSTANTS_BYTES = 4096

/** What every emitter of a kernel is given: the arithmetic, and the parameters as variables. */
export type Emit = (v: Vectors, parameters: Local<'i32'>[], f: FunctionBuilder) => void

interface Definition {
  readonly name: string
  readonly parameters: number
  readonly emit: Emit
}

/** A kernel as a function of a module that is being written. */
export type KernelFunction = Func<Readonly<Record<string, 'i32'>>, never>

/** The kernels of one heap in one arithmetic. Not for two threads at a time: the work space is one. */
export class Kernels {
  readonly heap: Heap
  /** Relaxed multiply–add, or multiply, then add: the same bits everywhere. */
  readonly relaxed: boolean
  readonly #kernels = new Map<string, Kernel>()
  readonly #definitions = new Map<Kernel, Definition>()
  readonly #constants = new Map<number, Address>()
  readonly #tables = new Map<string, Address>()
  #room = 0
  #next: Address = 0
  #memoryTaken = 0
  readonly #workspaces: { address: Address; bytes: number }[] = []

  constructor(heap: Heap, relaxed: boolean) {
    this.heap = heap
    this.relaxed = relaxed
  }

  /** The kernel of that name with `parameters` numbers; it is emitted and compiled at the first call. */
  kernel(name: string, parameters: number, emit: Emit): Kernel {
    const known = this.#kernels.get(name)
    if (known !== undefined) return known
    const definition = { name, parameters, emit }
    const module = new Module({ shared: this.heap.shared })
    this.#define(module, definition, 'run')
    const kernel = new Compiled<'run'>(this.heap, module).own.run
    this.#kernels.set(name, kernel)
    this.#definitions.set(kernel, definition)
    return kernel
  }

  /** The name of a kernel. */
  nameOf(kernel: Kernel): string {
    return this.#definitions.get(kernel)!.name
  }

  /** A module that has some kernels as its functions, to be gone on with. */
  moduleOf(kernels: readonly Kernel[]): { readonly module: Module; readonly functions: readonly KernelFunction[] } {
    const module = new Module({ shared: this.heap.shared })
    const functions = kernels.map((kernel) => this.#define(module, this.#definitions.get(kernel)!, null))
    return { module, functions }
  }

  #define(module: Module, { name, parameters, emit }: Definition, exported: string | null): KernelFunction {
    const params = Object.fromEntries(Array.from({ length: parameters }, (_, i) => [`p${i}`, 'i32' as const]))
    return module.function(exported ?? name, { params, exported: exported !== null }, (f, locals) =>
      emit(new Vectors(f, this.relaxed, (value) => this.#constant(value)), Object.values(locals), f),
    )
  }

  /** How often memory was taken to stay. */
  get memoryTaken(): number {
    return this.#memoryTaken
  }

  /** To be called when memory was taken to stay. */
  tookMemory(): void {
    this.#memoryTaken++
  }

  /** The address of single-precision numbers that are computed at the first call and stay. */
  table(name: string, compute: () => ArrayLike<number>): Address {
    return this.words(name, () => new Int32Array(Float32Array.from(compute()).buffer))
  }

  /** The same for 32-bit words. */
  words(name: string, compute: () => Int32Array): Address {
    const known = this.#tables.get(name)
    if (known !== undefined) return known
    const values = compute()
    const address = this.heap.allocateUnscoped(values.length * 4)
    this.heap.int32(address, values.length).set(values)
    this.tookMemory()
    this.#tables.set(name, address)
    return address
  }

  /**
   * Memory for results in between, at least `bytes`; the next call may give the same memory. Addresses stay valid: where more is
   * needed another piece is taken.
   */
  workspace(bytes: number): Address {
    const last = this.#workspaces.at(-1)
    if (last !== undefined && last.bytes >= bytes) return last.address
    const size = Math.max(1 << 17, 2 ** Math.ceil(Math.log2(bytes)))
    const address = this.heap.allocateUnscoped(size)
    this.#workspaces.push({ address, bytes: size })
    this.tookMemory()
    return address
  }

  #constant(value: number): Address {
    const single = Math.fround(value)
    const known = this.#constants.get(single)
    if (known !== undefined) return known
    if (this.#room === 0) {
      this.#next = this.heap.allocateUnscoped(CONSTANTS_BYTES)
      this.#room = CONSTANTS_BYTES
      this.tookMemory()
    }
    const address = this.#next
    this.heap.float32(address, 1)[0] = single
    this.#constants.set(single, address)
    this.#next += 4
    this.#room -= 4
    return address
  }
}
