// Threads over one shared memory. Work is handed out by atomics in that memory, never by messages: the caller writes a list
// of kernel calls, opens it, works along, and waits until all are done. It knows nothing of what the kernels do.
//
// The list is programs of `count` items; an item is a sequence of calls whose arguments are base + item·perItem +
// thread·perThread. Threads take items one by one. Workers spin for a moment after a list, then sleep.
//
//   caller:  write the list; open = 1; generation += 1; wake; take items; open = 0; wait until active = 0
//   worker:  wait for a new generation; active += 1; if open = 1 take items; active −= 1
//
// While `active` is not 0 the list does not change. A worker that wakes late finds it closed, or the next one.
import { ScatterlabError } from '@scatterlab/tensor'
import type { Address, Heap } from '../memory/heap.ts'
import { workerSource } from './worker-source.ts'

/** A worker died, or a kernel failed in one; `cause` is why. The pool does nothing more. */
export class WorkerError extends ScatterlabError {
  constructor(message: string, options?: ErrorOptions) {
    super('WORKER', message, options)
  }
}

/** A kernel that every thread has. */
export interface SharedKernel {
  readonly module: number
  readonly index: number
  /** The caller's own. */
  readonly run: (...args: number[]) => void
}

/**
 * One kernel call of an item: each argument is args + item·perItem + thread·perThread (default 0). The calling thread is 0,
 * workers count from 1.
 */
export interface Call {
  readonly kernel: SharedKernel
  readonly args: readonly number[]
  readonly perItem?: readonly number[]
  readonly perThread?: readonly number[]
}

/** Items 0 … count − 1, each the same calls in order. Items do not depend on each other. */
export interface Program {
  readonly count: number
  readonly calls: readonly Call[]
}

/** How a pool behaves. */
export interface WorkersOptions {
  /** Threads, the calling one included; at least 1. */
  readonly threads: number
  /** Milliseconds that a worker spins before it sleeps (default 0.05). */
  readonly spin?: number
  /** Milliseconds without an answer after which a worker counts as dead (default 60,000). */
  readonly patience?: number
}

/** Words of the control block, and sizes. Those that several threads write lie on cache lines of their own. */
const layout = {
  generation: 0,
  open: 1,
  stop: 2,
  modules: 3,
  program: 4,
  total: 5,
  next: 16,
  active: 32,
  begun: 48,
  failed: 49,
  errorLength: 50,
  moduleTable: 64,
  error: 2112,
  errorBytes: 2048,
  words: 2624,
  programLength: 65536,
} as const
const MODULES = (layout.error - layout.moduleTable) / 2

interface Thread {
  readonly terminate: () => Promise<unknown> | void
}

/** The calling thread and workers on one heap. */
export class Workers {
  readonly #heap: Heap
  readonly #threads: Thread[] = []
  readonly #words: Int32Array
  readonly #program: Float64Array
  readonly #programAddress: Address
  readonly #control: Address
  readonly #patience: number
  readonly #canSleep: boolean
  #modules = 0
  #failure: WorkerError | null = null
  #refusals = 0
  #refusal: unknown

  /**
   * Starts the workers; they join in when they have begun (in a page only while the caller waits for something, see
   * `begin`), and those that the host does not let start never do. Throws `WorkerError` where the memory is not shared.
   */
  constructor(heap: Heap, { threads, spin = 0.05, patience = 60_000 }: WorkersOptions) {
    if (!heap.shared)
      throw new WorkerError('threads need a shared memory: serve the page cross-origin isolated, or use one thread')
    this.#heap = heap
    this.#patience = patience
    this.#control = heap.allocateUnscoped(4 * layout.words)
    this.#programAddress = heap.allocateUnscoped(8 * layout.programLength)
    heap.int32(this.#control, layout.words).fill(0)
    this.#words = heap.int32(this.#control, layout.words)
    this.#program = heap.float64(this.#programAddress, layout.programLength)
    this.#words[layout.program] = this.#programAddress
    this.#canSleep = canSleep(this.#words)
    for (let thread = 1; thread < threads; thread++) {
      const data = { memory: heap.memory, control: this.#control, layout, thread, spin }
      this.#threads.push(
        startThread(data, { refused: (cause) => this.#wasRefused(cause), died: (cause) => this.#died(cause) }),
      )
    }
  }

  /** Threads that were asked for, the calling one included: their numbers are below this. */
  get threads(): number {
    return this.#threads.length + 1
  }

  /** Workers that have begun. */
  get begun(): number {
    return Atomics.load(this.#words, layout.begun)
  }

  /** Workers that the host did not let start, and why; known a moment after the pool is made. */
  get refused(): { readonly count: number; readonly cause: unknown } {
    return { count: this.#refusals, cause: this.#refusal }
  }

  /** Waits until every worker has begun or was refused. Throws `WorkerError` if one has neither within the patience. */
  async begin(): Promise<void> {
    const start = performance.now()
    while (1 + this.begun + this.#refusals < this.threads) {
      if (this.#failure !== null) throw this.#failure
      const waited = performance.now() - start
      if (waited > this.#patience) throw this.#fail(`a worker did not begin within ${Math.round(waited)} ms`)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  /** Whether no further module can be registered. */
  get isFull(): boolean {
    return this.#modules === MODULES
  }

  /** Compiles a module for all threads and gives its functions by name. */
  register(bytes: Uint8Array<ArrayBuffer>): Readonly<Record<string, SharedKernel>> {
    if (this.isFull) throw new WorkerError(`more than ${MODULES} modules in one pool`)
    const address = this.#heap.allocateUnscoped(bytes.length)
    new Uint8Array(this.#heap.memory.buffer, address, bytes.length).set(bytes)
    const at = layout.moduleTable + 2 * this.#modules
    this.#words[at] = address
    this.#words[at + 1] = bytes.length
    const id = this.#modules++
    // Workers compile what they have not yet when the next list is opened.
    this.#words[layout.modules] = this.#modules
    const module = new WebAssembly.Module(bytes)
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#heap.memory } })
    return Object.fromEntries(
      WebAssembly.Module.exports(module).map(({ name }, index) => [
        name,
        { module: id, index, run: exports[name] as (...args: number[]) => void },
      ]),
    )
  }

  /**
   * Runs all items of all programs on all threads, in any order, and returns when every one is done. Throws `WorkerError` if
   * a worker died, or what a kernel threw on the calling thread.
   */
  run(programs: readonly Program[]): void {
    if (this.#failure !== null) throw this.#failure
    for (const part of this.#fitting(programs)) this.#run(part)
  }

  /** Ends the workers. */
  close(): void {
    this.#failure ??= new WorkerError('the pool was closed')
    Atomics.store(this.#words, layout.stop, 1)
    this.#wake()
    this.#threads.length = 0
  }

  /** Kills one worker at once, as a fault would; for tests. */
  async kill(worker: number): Promise<void> {
    await this.#threads[worker]!.terminate()
  }

  #run(programs: readonly Program[]): void {
    const total = programs.reduce((sum, { count }) => sum + count, 0)
    if (total === 0) return
    this.#write(programs)
    this.#words[layout.total] = total
    Atomics.store(this.#words, layout.next, 0)
    Atomics.store(this.#words, layout.open, 1)
    if (total > 1) this.#wake()
    try {
      this.#takeItems(programs, total)
    } finally {
      Atomics.store(this.#words, layout.next, total)
      Atomics.store(this.#words, layout.open, 0)
      this.#waitForWorkers()
    }
    if (Atomics.load(this.#words, layout.failed) !== 0) throw this.#fail(this.#errorText())
  }

  #wake(): void {
    Atomics.add(this.#words, layout.generation, 1)
    Atomics.notify(this.#words, layout.generation)
  }

  #takeItems(programs: readonly Program[], total: number): void {
    for (;;) {
      let item = Atomics.add(this.#words, layout.next, 1)
      if (item >= total) return
      let program = 0
      while (item >= programs[program]!.count) item -= programs[program++]!.count
      for (const { kernel, args, perItem } of programs[program]!.calls)
        kernel.run(
          ...(perItem === undefined || item === 0 ? args : args.map((arg, i) => arg + item * (perItem[i] ?? 0))),
        )
    }
  }

  #waitForWorkers(): void {
    const words = this.#words
    // in slices, so that a process that was suspended is not charged for its sleep
    const slice = Math.min(1_000, this.#patience / 4)
    let last = performance.now()
    let waited = 0
    for (let turn = 0; ; turn++) {
      const active = Atomics.load(words, layout.active)
      if (active === 0) return
      if (turn < 1000) continue
      const now = performance.now()
      waited += Math.min(now - last, slice)
      last = now
      if (waited > this.#patience)
        throw this.#fail(`a worker gave no answer for ${Math.round(waited)} ms: it died or is stuck`)
      if (this.#canSleep && waited > 0.05) Atomics.wait(words, layout.active, active, slice)
    }
  }

  /** Parts of the list that fit into the room for it. */
  *#fitting(programs: readonly Program[]): Iterable<readonly Program[]> {
    let part: Program[] = []
    let length = 0
    for (const program of programs) {
      const size = program.calls.reduce((sum, { args }) => sum + 3 + 3 * args.length, 3)
      if (size > layout.programLength)
        throw new WorkerError(`${program.calls.length} calls to an item: at most ${layout.programLength} numbers`)
      if (length + size > layout.programLength) {
        yield part
        part = []
        length = 0
      }
      part.push(program)
      length += size
    }
    yield part
  }

  /** Per program: items, where the next one begins, calls; per call: module, function, arguments, three numbers each. */
  #write(programs: readonly Program[]): void {
    const list = this.#program
    let at = 0
    for (const { count, calls } of programs) {
      const head = at
      list[at] = count
      list[at + 2] = calls.length
      at += 3
      for (const { kernel, args, perItem, perThread } of calls) {
        list[at] = kernel.module
        list[at + 1] = kernel.index
        list[at + 2] = args.length
        at += 3
        for (let i = 0; i < args.length; i++, at += 3) {
          list[at] = args[i]!
          list[at + 1] = perItem?.[i] ?? 0
          list[at + 2] = perThread?.[i] ?? 0
        }
      }
      list[head + 1] = at
    }
  }

  #errorText(): string {
    const length = this.#words[layout.errorLength]!
    const bytes = new Uint8Array(this.#heap.memory.buffer, this.#control + 4 * layout.error, length).slice()
    return `a kernel failed in worker ${Atomics.load(this.#words, layout.failed)}: ${new TextDecoder().decode(bytes)}`
  }

  #fail(message: string, cause?: unknown): WorkerError {
    this.#failure ??= new WorkerError(message, { cause })
    for (const thread of this.#threads) void thread.terminate()
    return this.#failure
  }

  #died(cause: unknown): void {
    if (this.#failure !== null) return
    this.#fail(`a worker died: ${messageOf(cause)}`, cause)
  }

  /** It took no item, so that nothing is lost: the others do its share. */
  #wasRefused(cause: unknown): void {
    this.#refusals++
    this.#refusal = cause
  }
}

/** What an error says. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** Threads that this machine runs at a time. */
export function availableThreads(): number {
  return globalThis.navigator?.hardwareConcurrency ?? 1
}

/** Whether this thread may sleep: the main thread of a page may not. */
function canSleep(words: Int32Array): boolean {
  try {
    Atomics.wait(words, layout.stop, 1, 0)
    return true
  } catch {
    return false
  }
}

/** What may become of a worker by itself. */
interface Fate {
  /** The host does not let it start. */
  readonly refused: (cause: unknown) => void
  /** It began and ended. */
  readonly died: (cause: unknown) => void
}

/** Starts a worker of Node or of a page; it does not keep the process alive. */
function startThread(data: object, fate: Fate): Thread {
  const host = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const node = host.process?.getBuiltinModule?.('node:worker_threads') as NodeThreads | undefined
  try {
    return node === undefined ? startInPage(data, fate) : startInNode(node, data, fate)
  } catch (cause) {
    fate.refused(cause)
    return { terminate: () => {} }
  }
}

type NodeThreads = typeof import('node:worker_threads')

function startInNode({ Worker }: NodeThreads, data: object, { died }: Fate): Thread {
  const worker = new Worker(workerSource, { eval: true, workerData: data, execArgv: [], stderr: false })
  worker.unref()
  worker.on('error', died)
  worker.on('exit', (code) => died(new Error(`it ended with code ${code}`)))
  return { terminate: () => worker.terminate() }
}

/** The script's address in this page or worker; all pools share it, so it is never revoked. */
let scriptUrl: string | undefined

function startInPage(data: object, { refused, died }: Fate): Thread {
  scriptUrl ??= URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }))
  const worker = new Worker(scriptUrl)
  worker.addEventListener('error', (event) => {
    // An error of the script has a message; a script that may not be loaded is an event without one.
    if (event instanceof ErrorEvent) died(new Error(event.message))
    else refused(new Error('its script was not loaded: a content security policy needs `worker-src blob:`'))
  })
  try {
    worker.postMessage(data)
  } catch (cause) {
    worker.terminate()
    throw cause
  }
  return { terminate: () => worker.terminate() }
}
