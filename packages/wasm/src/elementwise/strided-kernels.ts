// Runs kernels over strided views: the innermost axes in a kernel, the others around it, large work in slices on all threads.
import type { Module } from '../assembler/assembler.ts'
import type { Host } from '../host.ts'
import type { Heap } from '../memory/heap.ts'
import type { HeapArray } from '../memory/heap-array.ts'
import { type Axis, axesOf, forEachIndex, innermost } from './strided.ts'
import { Compiled, type Kernel } from '../threads/compiled.ts'
import type { Call, Program, Workers } from '../threads/workers.ts'

/** Elements below which waking threads costs more than it gains. */
const LEAST_ELEMENTS = 2 ** 17
/** Slices for each thread: more than one, so that a thread that is disturbed does fewer. */
const SLICES_PER_THREAD = 2
/** Slices of contiguous numbers are multiples of this many, so that no two threads write one cache line. */
const SLICE_UNIT = 16
/** Calls to a slice, beyond which noting them down is not worth it. */
const MOST_CALLS = 256

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

const ofHosts = new WeakMap<Host, StridedKernels>()

/** Those of a host. */
export function stridedOf(host: Host): StridedKernels {
  const known = ofHosts.get(host) ?? new StridedKernels(host.heap, host.workers)
  ofHosts.set(host, known)
  return known
}

/** Modules of kernels on one heap, compiled when they are first needed. */
export class StridedKernels {
  readonly #heap: Heap
  readonly #workers: () => Workers | null
  readonly #modules = new Map<string, Compiled>()

  /** `workers` gives the threads when they are first needed, or null where there is one only. */
  constructor(heap: Heap, workers: () => Workers | null) {
    this.#heap = heap
    this.#workers = workers
  }

  /** The kernels of a module on the calling thread; `write` emits it at the first call. */
  functions(name: string, write: (shared: boolean) => Module): Readonly<Record<string, Kernel | undefined>> {
    let module = this.#modules.get(name)
    if (module === undefined) {
      module = new Compiled(this.#heap, write(this.#heap.shared))
      this.#modules.set(name, module)
    }
    return module.own
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
    const kernel = this.#modules.get(module)!.own[name]!
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
    const kernel = count < 2 ? undefined : this.#modules.get(module)!.on(workers)?.[name]
    if (kernel === undefined) return null
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
