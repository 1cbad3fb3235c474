// Runs kernels over strided views: the innermost axes in a kernel, the others around it, large work in slices on all threads.
import type { Module } from '../assembler/assembler.ts'
import type { Heap } from '../memory/heap.ts'
import type { HeapArray } from '../memory/heap-array.ts'
import { type Axis, axesOf, forEachIndex, innermost } from './strided.ts'
import type { Call, Program, SharedKernel, Workers } from '../threads/workers.ts'

type Kernel = (...parameters: number[]) => void

/** Elements below which waking threads costs more than it gains. */
const LEAST_ELEMENTS = 2 ** 17
/** Slices for each thread: more than one, so that a thread that is disturbed does fewer. */
const SLICES_PER_THREAD = 2
/** Slices of contiguous numbers are multiples of this many, so that no two threads write one cache line. */
const SLICE_UNIT = 16
/** Calls to a slice, beyond which noting them down is not worth it. */
const MOST_CALLS = 64

/** How a kernel takes its work: the inner axes as parameters, before the views' addresses. */
export interface Form {
  /** Inner axes that the kernel runs over itself. */
  readonly inner: 1 | 2
  /** Parameters from the lengths and steps of the inner axes and the views' addresses. */
  readonly parameters: (inner: readonly Axis[], addresses: readonly number[]) => number[]
}

/** (rows, n, then for each view its address, row step and step). */
export const rowsForm: Form = {
  inner: 2,
  parameters([rows, row], addresses) {
    const parameters = [rows!.length, row!.length]
    for (let v = 0; v < addresses.length; v++) parameters.push(addresses[v]!, rows!.steps[v]!, row!.steps[v]!)
    return parameters
  },
}

/** Modules of kernels on one heap, compiled when they are first needed. */
export class StridedKernels {
  readonly #heap: Heap
  readonly #workers: () => Workers | null
  readonly #bytes = new Map<string, Uint8Array<ArrayBuffer>>()
  readonly #own = new Map<string, Record<string, Kernel | undefined>>()
  readonly #shared = new Map<string, Readonly<Record<string, SharedKernel>>>()

  /** `workers` gives the threads when they are first needed, or null where there is one only. */
  constructor(heap: Heap, workers: () => Workers | null) {
    this.#heap = heap
    this.#workers = workers
  }

  /** The functions of a module on the calling thread; `write` emits it at the first call. */
  functions(module: string, write: (shared: boolean) => Module): Record<string, Kernel | undefined> {
    const known = this.#own.get(module)
    if (known !== undefined) return known
    const bytes = write(this.#heap.shared).bytes()
    this.#bytes.set(module, bytes)
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: this.#heap.memory } })
    const functions = instance.exports as unknown as Record<string, Kernel | undefined>
    this.#own.set(module, functions)
    return functions
  }

  /**
   * Runs a function of a module (that `functions` gave before) over views of one shape; an empty axis ends it at once. `constants`
   * are its last parameters.
   */
  run(
    module: string,
    name: string,
    form: Form,
    views: readonly HeapArray[],
    axes: readonly Axis[] = axesOf(views[0]!.shape, views),
    constants: readonly number[] = [],
  ): void {
    const starts = views.map(({ address }) => address)
    const elements = axes.reduce((size, { length }) => size * length, 1)
    if (elements === 0) return
    if (elements >= LEAST_ELEMENTS) {
      const workers = this.#workers()
      const programs = workers && this.#programs(workers, module, name, form, axes, starts, constants)
      if (programs) return workers.run(programs)
    }
    const kernel = this.#own.get(module)![name]!
    forEachCall(form, axes, starts, (parameters) => kernel(...parameters, ...constants))
  }

  /** The outermost axis in slices; null where that does not make a short list of calls. */
  #programs(
    workers: Workers,
    module: string,
    name: string,
    form: Form,
    axes: readonly Axis[],
    starts: readonly number[],
    constants: readonly number[],
  ): Program[] | null {
    const [outermost, ...rest] = axes
    const unit = rest.length === 0 ? SLICE_UNIT : 1
    const size = Math.ceil(outermost!.length / (SLICES_PER_THREAD * workers.threads) / unit) * unit
    const count = Math.floor(outermost!.length / size)
    if (count < 2 || (workers.isFull && !this.#shared.has(module))) return null
    const kernel = this.#sharedFunctions(workers, module)[name]!
    const program = (first: number, length: number, items: number): Program | null => {
      if (length === 0) return { count: 0, calls: [] }
      const calls: Call[] = []
      const from = starts.map((start, v) => start + first * outermost!.steps[v]!)
      const ahead = from.map((start, v) => start + length * outermost!.steps[v]!)
      // The same calls one slice further on tell which parameters are addresses.
      const next: number[][] = []
      const slice = [{ ...outermost!, length }, ...rest]
      forEachCall(form, slice, ahead, (parameters) => void next.push(parameters))
      if (next.length > MOST_CALLS) return null
      forEachCall(form, slice, from, (parameters) => {
        const perItem = parameters.map((parameter, i) => next[calls.length]![i]! - parameter)
        calls.push({ kernel, args: [...parameters, ...constants], perItem: [...perItem, ...constants.map(() => 0)] })
      })
      return { count: items, calls }
    }
    const programs = [program(0, size, count), program(count * size, outermost!.length - count * size, 1)]
    return programs.includes(null) ? null : (programs as Program[])
  }

  #sharedFunctions(workers: Workers, module: string): Readonly<Record<string, SharedKernel>> {
    const known = this.#shared.get(module)
    if (known !== undefined) return known
    const functions = workers.register(this.#bytes.get(module)!)
    this.#shared.set(module, functions)
    return functions
  }
}

function forEachCall(
  { inner: count, parameters }: Form,
  axes: readonly Axis[],
  starts: readonly number[],
  call: (parameters: number[]) => void,
): void {
  const { outer, inner } = innermost(axes, count, starts.length)
  forEachIndex(outer, starts, (addresses) => call(parameters(inner, addresses)))
}
