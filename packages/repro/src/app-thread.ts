// Runs an app in a thread of its own and passes its events on, so that the command hears Ctrl-C and draws while the app
// computes. Both ends stand here: `startApp` for the command, `serveApp` inside the thread.
import { availableParallelism, cpus } from 'node:os'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { loadExperiment } from './apps.ts'
import type { Mode } from './experiment.ts'
import type { Machine, Result, RunEvent } from './result.ts'
import { runExperiment } from './run.ts'

/** Which app is to run, and how. */
export interface Task {
  readonly main: string
  readonly mode: Mode
  readonly seed: number
  readonly backend: string | undefined
  readonly dataFolder: string | undefined
}

/** An error as it crosses between threads. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly code: string | undefined
  readonly stack: string
}

/** How an app's thread ended. */
export type Ended =
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'failure'; readonly failure: Failure }

/** An app at work. */
export interface RunningApp {
  readonly ended: Promise<Ended>
  /** Asks the app to stop at its next step. */
  interrupt(): void
  /** Ends the thread, whatever it does. */
  kill(): void
}

interface ThreadData {
  readonly task: Task
  readonly interruptedFlag: Int32Array
}

/** Starts `task` in a new thread of `program`, which must call {@link serveApp} there. */
export function startApp(program: URL, task: Task, onEvent: (event: RunEvent) => void): RunningApp {
  const interruptedFlag = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(program, { workerData: { task, interruptedFlag } satisfies ThreadData })
  const ended = new Promise<Ended>((resolve) => {
    const fail = (error: unknown) => resolve({ type: 'failure', failure: failureOf(error) })
    worker.on('message', (message: Ended | { type: 'event'; event: RunEvent }) => {
      if (message.type !== 'event') return resolve(message)
      try {
        onEvent(message.event)
      } catch (error) {
        fail(error)
      }
    })
    worker.on('error', fail)
    worker.on('exit', (code) => fail(new Error(`the app ended its thread (exit code ${code})`)))
  })
  return {
    ended,
    interrupt: () => {
      Atomics.store(interruptedFlag, 0, 1)
      worker.postMessage('interrupt')
    },
    kill: () => void worker.terminate(),
  }
}

/** Inside the thread: runs the task and reports to the command. */
export async function serveApp(): Promise<void> {
  const port = parentPort
  if (port === null) throw new Error('serveApp runs in a thread only')
  const { task, interruptedFlag } = workerData as ThreadData
  const { main, ...options } = task
  const controller = new AbortController()
  port.on('message', () => controller.abort())
  try {
    const result = await runExperiment(await loadExperiment(main), {
      ...options,
      signal: controller.signal,
      interrupted: () => Atomics.load(interruptedFlag, 0) === 1,
      onEvent: (event) => port.postMessage({ type: 'event', event }),
      machine: thisMachine(),
      peakMemoryMB,
    })
    port.postMessage({ type: 'result', result } satisfies Ended)
  } catch (error) {
    port.postMessage({ type: 'failure', failure: failureOf(error) } satisfies Ended)
  }
}

/** Largest resident size of this process so far, in units of 10^6 bytes. */
export function peakMemoryMB(): number {
  return Math.round(process.resourceUsage().maxRSS * 1.024) / 1000
}

function thisMachine(): Machine {
  const model = cpus()[0]?.model.trim() || process.arch
  return { cpu: model, cores: availableParallelism(), node: process.versions.node }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: undefined, stack: String(error) }
  const { name, message, stack = message } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return { name, message, code, stack }
}
