// Runs an app in a thread of its own and passes its events on, so that the command hears Ctrl-C and draws while the app
// computes. Both ends stand here: `startApp` for the command, `serveApp` inside the thread.
import { availableParallelism, cpus } from 'node:os'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { loadExperiment } from './apps.ts'
import { checkpointFolder } from './checkpoint-folder.ts'
import type { Checkpoints } from './checkpoints.ts'
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
  readonly resume: boolean
  /** The folder of its checkpoints, which the app's thread reads and never writes. */
  readonly checkpointsAt: string
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
  /** Ends the thread, whatever it does; resolves when all that it posted has been heard, or soon if it refuses to end. */
  kill(): Promise<void>
}

/** Who hears what an app does, in order. */
export interface Listener {
  onEvent(event: RunEvent): void
  onCheckpoint(name: string, bytes: Uint8Array): void
}

type Posted =
  | Ended
  | { readonly type: 'event'; readonly event: RunEvent }
  | { readonly type: 'checkpoint'; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }

/** How long a thread may take to end when it is made to, in milliseconds. */
const refusal = 500

interface ThreadData {
  readonly task: Task
  readonly interruptedFlag: Int32Array
}

/** Starts `task` in a new thread of `program`, which must call {@link serveApp} there. */
export function startApp(program: URL, task: Task, { onEvent, onCheckpoint }: Listener): RunningApp {
  const interruptedFlag = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(program, { workerData: { task, interruptedFlag } satisfies ThreadData })
  const ended = new Promise<Ended>((resolve) => {
    const fail = (error: unknown) => resolve({ type: 'failure', failure: failureOf(error) })
    worker.on('message', (message: Posted) => {
      try {
        if (message.type === 'event') onEvent(message.event)
        else if (message.type === 'checkpoint') onCheckpoint(message.name, message.bytes)
        else resolve(message)
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
    async kill() {
      // a thread hands over what it posted before it is gone
      await Promise.race([worker.terminate(), new Promise((resolve) => setTimeout(resolve, refusal).unref())])
    },
  }
}

/** Inside the thread: runs the task and reports to the command. */
export async function serveApp(): Promise<void> {
  const port = parentPort
  if (port === null) throw new Error('serveApp runs in a thread only')
  const { task, interruptedFlag } = workerData as ThreadData
  const { main, checkpointsAt, ...options } = task
  const controller = new AbortController()
  port.on('message', () => controller.abort())
  const post = (message: Posted, transferred: ArrayBuffer[] = []) => port.postMessage(message, transferred)
  const checkpoints: Checkpoints = {
    read: checkpointFolder(checkpointsAt).read,
    write: (name, bytes) => post({ type: 'checkpoint', name, bytes }, [bytes.buffer]),
    remove: () => {}, // the command does, once it has written the result
  }
  try {
    const result = await runExperiment(await loadExperiment(main), {
      ...options,
      signal: controller.signal,
      interrupted: () => Atomics.load(interruptedFlag, 0) === 1,
      checkpoints,
      onEvent: (event) => post({ type: 'event', event }),
      machine: thisMachine(),
      peakMemoryMB,
    })
    post({ type: 'result', result })
  } catch (error) {
    post({ type: 'failure', failure: failureOf(error) })
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
