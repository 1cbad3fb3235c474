// A run in another thread than the one that shows it: who shows it stays awake while the run computes, and can end it wherever it is.
// Both ends stand here, for the threads of Node (thread.node.ts) and the workers of a page (page.ts).
import type { Experiment, Mode, WeightsFile } from './experiment.ts'
import type { Keeper, KeptRun, Left } from './keeper.ts'
import { notKept } from './resumption.ts'
import { type Machine, type Result, type RunEvent, ledger } from './result.ts'
import { perform } from './run.ts'

/** Which run, and how. */
export interface Task {
  readonly mode: Mode
  readonly recipe?: string | undefined
  readonly weights?: WeightsFile | undefined
  readonly seed: number
  readonly backend?: string | undefined
  readonly dataFolder?: string | undefined
  readonly resume: boolean
}

/** An error as it crosses between threads. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly code: string | undefined
  readonly stack: string
}

/** How a run ended. */
export interface Conclusion {
  /** All of it, or, marked `partial`, what was reached; undefined when the run had not started. */
  readonly result: Result | undefined
  /** The error that ended it. */
  readonly failure: Failure | undefined
  /** Whether there is a checkpoint to go on from. */
  readonly resumable: boolean
}

/** The other thread, as its host sees it. */
export interface Thread {
  post(message: ToThread): void
  /** Hears what the thread posts, and the error that ends it. */
  listen(onMessage: (message: FromThread) => void, onError: (error: unknown) => void): void
  /** Ends the thread, whatever it does; resolves when all that it posted has been heard. */
  end(): Promise<unknown>
}

/** How a host conducts a run. */
export interface Conducting {
  readonly kept: Keeper
  readonly signal?: AbortSignal | undefined
  /** Hears everything that happens, in order. */
  readonly onEvent: (event: RunEvent) => void
  readonly peakMemoryMB?: (() => number) | undefined
}

/** What the host posts. */
export type ToThread =
  | { readonly type: 'hello' }
  | {
      readonly type: 'run'
      readonly task: Task
      readonly left: Left | undefined
      readonly stop: Int32Array | undefined
    }
  | { readonly type: 'stop' }

/** What the thread posts. */
export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'event'; readonly event: RunEvent }
  | {
      readonly type: 'checkpoint'
      readonly name: string
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly run: KeptRun
    }
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'failure'; readonly failure: Failure }

/** How long an interrupted run may take to come to its next step, in milliseconds; then its thread is ended. */
const patience = 1500

/**
 * Runs `task` in `thread`, which must call {@link serve}, keeps its checkpoints, which the caller removes, and ends the thread. Aborting the signal stops the
 * run at its next step, or after 1.5 s wherever it is. Throws what `kept.left` throws.
 */
export async function conduct(thread: Thread, task: Task, options: Conducting): Promise<Conclusion> {
  const { kept, signal, onEvent, peakMemoryMB } = options
  let left = await kept.left(task.resume).catch(async (error: unknown) => {
    await thread.end()
    throw error
  })
  let resumable = task.resume && left !== undefined
  const reached = ledger()
  const began = performance.now()
  const keeping = new Set<Promise<void>>()
  const failing = new Set<string>()
  const hear = (event: RunEvent) => {
    reached.take(event)
    onEvent(event)
  }
  const keep = async (name: string, bytes: Uint8Array<ArrayBuffer>, run: KeptRun) => {
    try {
      await kept.keep(name, bytes, run)
      resumable = true
      failing.delete(name)
    } catch (error) {
      if (!failing.has(name)) hear({ type: 'log', line: notKept(name, error) })
      failing.add(name)
    }
  }
  const stop = globalThis.SharedArrayBuffer && new Int32Array(new SharedArrayBuffer(4))
  let timer: ReturnType<typeof setTimeout> | undefined
  let started = false

  const ended = new Promise<Pick<Conclusion, 'failure'> & { readonly result?: Result }>((resolve) => {
    const fail = (error: unknown) => resolve({ failure: failureOf(error) })
    const start = () => {
      if (started) return
      started = true
      thread.post({ type: 'run', task, left, stop })
      left = undefined // it may be large, and is the thread's now
      if (signal?.aborted) thread.post({ type: 'stop' })
    }
    thread.listen((message) => {
      try {
        if (message.type === 'ready') start()
        else if (message.type === 'event') hear(message.event)
        else if (message.type === 'checkpoint') keeping.add(keep(message.name, message.bytes, message.run))
        else if (message.type === 'failure') resolve(message)
        else resolve({ result: message.result, failure: undefined })
      } catch (error) {
        fail(error)
      }
    }, fail)
    thread.post({ type: 'hello' }) // whichever of the two is there first is answered by the other
    const interrupt = () => {
      if (stop) Atomics.store(stop, 0, 1)
      thread.post({ type: 'stop' })
      timer = setTimeout(() => resolve({ failure: undefined }), patience)
    }
    if (signal?.aborted) interrupt()
    else signal?.addEventListener('abort', interrupt, { once: true })
  })
  const { result, failure } = await ended
  clearTimeout(timer)
  await thread.end()
  await Promise.all(keeping)
  const seconds = (performance.now() - began) / 1000
  const ending = { seconds, peakMemoryMB: peakMemoryMB?.() ?? null, partial: true, error: failure?.message }
  return { result: result ?? reached.result(ending), failure, resumable }
}

/** The thread's end of its line to the host. */
export interface Port {
  post(message: FromThread, transferred?: ArrayBuffer[]): void
  listen(onMessage: (message: ToThread) => void): void
}

/** What a thread knows of where it runs. */
export interface Surroundings {
  readonly machine: Machine
  readonly png: boolean
  readonly peakMemoryMB?: () => number
}

/** In the thread: waits for the task, runs it, and posts what happens. */
export function serve(port: Port, load: () => Promise<Experiment>, surroundings: Surroundings): void {
  const controller = new AbortController()
  const run = async ({ task, left, stop }: Extract<ToThread, { type: 'run' }>) => {
    try {
      const kept: Keeper = {
        left: async () => left,
        keep: (name, bytes, run) => port.post({ type: 'checkpoint', name, bytes, run }, [bytes.buffer]),
        remove: () => {}, // the host does, once it has the result
      }
      const options = {
        ...task,
        ...surroundings,
        signal: controller.signal,
        interrupted: () => stop !== undefined && Atomics.load(stop, 0) === 1,
        onEvent: (event: RunEvent) => port.post({ type: 'event', event }),
      }
      port.post({ type: 'result', result: await perform(await load(), options, kept) })
    } catch (error) {
      port.post({ type: 'failure', failure: failureOf(error) })
    }
  }
  port.listen((message) => {
    if (message.type === 'hello') port.post({ type: 'ready' })
    else if (message.type === 'stop') controller.abort()
    else void run(message)
  })
  port.post({ type: 'ready' })
}

/** An error as it crosses between threads. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: undefined, stack: String(error) }
  const { name, message, stack = message } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return { name, message, code, stack }
}
