// The memory that tensors and kernels share: one growable WebAssembly.Memory, shared between threads where the platform
// allows, and an allocator over it. Addresses are bytes from 0 to 4 GiB; kernels get them as i32 and must compare unsigned.
import { ScatterlabError } from '@scatterlab/tensor'
import { Allocator } from './allocator.ts'
import { Module } from '../assembler/assembler.ts'
import { probe } from '../probe.ts'

/** Every allocation starts at a multiple of this: a cache line. */
export const ALIGNMENT = 64
const PAGE = 65536
const MAXIMUM_PAGES = 65536

/** The memory could not grow far enough. Nothing was changed: free something, or raise `maximumPages`. */
export class OutOfMemoryError extends ScatterlabError {
  /** Bytes asked for. */
  readonly requested: number
  /** Bytes in use. */
  readonly live: number
  /** Bytes that the memory may have at most. */
  readonly limit: number

  constructor(requested: number, live: number, limit: number) {
    super(
      'OUT_OF_MEMORY',
      `${requested} bytes were asked for; ${live} are in use and the memory holds at most ${limit}: ` +
        'use smaller batches, or release what is no longer needed',
    )
    this.requested = requested
    this.live = live
    this.limit = limit
  }
}

/** How the memory is made. */
export interface HeapOptions {
  /** Shared between threads (default: where the platform allows). */
  readonly shared?: boolean
  /** Pages of 64 KiB at first (default 256: 16 MiB). */
  readonly initialPages?: number
  /** Pages at most (default 65536: 4 GiB). */
  readonly maximumPages?: number
}

/** What a heap holds now. */
export interface HeapStatistics {
  /** Bytes that are handed out, rounded up to multiples of 64 each. */
  readonly liveBytes: number
  /** The most that `liveBytes` ever was. */
  readonly peakBytes: number
  /** Size of the memory in bytes. */
  readonly capacityBytes: number
  /** Ranges that are handed out. */
  readonly allocations: number
  /** Free ranges. */
  readonly fragments: number
}

/** The address of a range of memory that a `Heap` handed out. */
export type Address = number

/** One memory and what is allocated in it. */
export class Heap {
  readonly memory: WebAssembly.Memory
  readonly shared: boolean
  readonly #allocator: Allocator
  readonly #maximumPages: number
  #live = 0
  #peak = 0
  /** What the running scopes allocated, the innermost last. */
  readonly #scopes: Set<Address>[] = []
  /** Bytes from here on were never given back, so that what is allocated there is still zero. */
  #untouched: number = ALIGNMENT
  #fill: Fill | null = null

  constructor({ shared = probe().sharedMemory, initialPages = 256, maximumPages = MAXIMUM_PAGES }: HeapOptions = {}) {
    this.shared = shared
    const initial = Math.min(initialPages, maximumPages)
    ;[this.memory, this.#maximumPages] = reserve(shared, initial, maximumPages)
    // The last unit is never handed out: kernels may read (not write) a vector or two past an array's end.
    this.#allocator = new Allocator((initial * PAGE) / ALIGNMENT - 1)
    // Address 0 is nobody's, so that it can mean "none".
    this.#allocator.take(1)
  }

  /**
   * Bytes of memory at an address that is a multiple of 64; their contents are undefined. At least 64 bytes behind them
   * may be read (never written), so that kernels can load whole vectors at the end. Throws `OutOfMemoryError`.
   */
  allocate(bytes: number): Address {
    const address = this.allocateUnscoped(bytes)
    this.#scopes.at(-1)?.add(address)
    return address
  }

  /** The same, beyond all scopes: it lasts until it is freed. */
  allocateUnscoped(bytes: number): Address {
    const units = Math.max(1, Math.ceil(bytes / ALIGNMENT))
    const limit = this.#maximumPages * PAGE
    if (!(bytes >= 0) || bytes > limit) throw new OutOfMemoryError(bytes, this.#live, limit)
    let start = this.#allocator.take(units)
    if (start === undefined && this.#grow(units - this.#allocator.tail)) start = this.#allocator.take(units)
    if (start === undefined) throw new OutOfMemoryError(bytes, this.#live, limit)
    this.#live += units * ALIGNMENT
    this.#peak = Math.max(this.#peak, this.#live)
    return start * ALIGNMENT
  }

  /** The same as `allocate`, filled with zeros. */
  allocateZeroed(bytes: number): Address {
    const address = this.allocate(bytes)
    this.clear(address, bytes)
    return address
  }

  /** Fills a new allocation with zeros; memory that was never used before has them already. */
  clear(address: Address, bytes: number): void {
    const end = Math.min(address + bytes, this.#untouched)
    if (end <= address) return
    this.#fill ??= fillOf(this.memory, this.shared)
    this.#fill(address, end - address)
  }

  /** Gives memory back. Throws `RangeError` for an address that is not in use. */
  free(address: Address): void {
    const start = address / ALIGNMENT
    const units = start === 0 ? undefined : this.#allocator.give(start)
    if (units === undefined)
      throw new RangeError(`address ${address} is not in use: it was freed before or never allocated`)
    this.#live -= units * ALIGNMENT
    this.#untouched = Math.max(this.#untouched, address + units * ALIGNMENT)
    for (const own of this.#scopes) own.delete(address)
  }

  /**
   * Runs `body` and frees what it allocated, also when it throws. `keep(address)` passes an allocation to the enclosing
   * scope (or, outside all, to whoever frees it) and gives the address back.
   */
  scope<T>(body: (keep: (address: Address) => Address) => T): T {
    const own = new Set<Address>()
    const outer = this.#scopes.at(-1)
    this.#scopes.push(own)
    try {
      return body((address) => {
        if (own.delete(address)) outer?.add(address)
        return address
      })
    } finally {
      this.#scopes.pop()
      for (const address of own) this.free(address)
    }
  }

  /** A view on the memory as it is now; after growth take a new one. */
  float32(address: Address, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length)
  }

  /** A view on the memory as it is now; after growth take a new one. */
  float64(address: Address, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length)
  }

  /** A view on the memory as it is now; after growth take a new one. */
  int32(address: Address, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length)
  }

  /** Bytes in use, now and at most so far; the memory's size; pieces. */
  get statistics(): HeapStatistics {
    return {
      liveBytes: this.#live,
      peakBytes: this.#peak,
      capacityBytes: this.memory.buffer.byteLength,
      allocations: this.#allocator.used - 1,
      fragments: this.#allocator.fragments,
    }
  }

  /** Adds at least `units` units: half as much again as there is, or, if the engine refuses, just enough. */
  #grow(units: number): boolean {
    const pages = this.memory.buffer.byteLength / PAGE
    const needed = Math.ceil((units * ALIGNMENT) / PAGE)
    const room = this.#maximumPages - pages
    if (needed > room) return false
    for (const step of new Set([Math.min(room, Math.max(needed, pages >> 1)), needed])) {
      try {
        this.memory.grow(step)
        this.#allocator.grow((step * PAGE) / ALIGNMENT)
        return true
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
      }
    }
    return false
  }
}

/** Writes zeros. */
type Fill = (address: Address, bytes: number) => void

/** The instruction for it: a typed array of shared memory is filled byte by byte, at a quarter of the speed. */
function fillOf(memory: WebAssembly.Memory, shared: boolean): Fill {
  const module = new Module({ shared })
  module.function('clear', { params: { to: 'i32', bytes: 'i32' } }, (f, { to, bytes }) => f.fill(to, 0, bytes))
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes()), { env: { memory } })
  return exports.clear as Fill
}

/** A memory with as much address space as the engine grants, up to `maximum` pages. */
function reserve(shared: boolean, initial: number, maximum: number): [WebAssembly.Memory, number] {
  for (let pages = maximum; ; pages = Math.max(initial, pages >> 1)) {
    try {
      return [new WebAssembly.Memory({ initial, maximum: pages, shared }), pages]
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      if (pages === initial) throw new OutOfMemoryError(initial * PAGE, 0, 0)
    }
  }
}
