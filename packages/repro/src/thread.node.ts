// The thread of Node in which the command runs an app.
import { availableParallelism, cpus } from 'node:os'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { loadExperiment } from './apps.node.ts'
import type { Machine } from './result.ts'
import { type FromThread, type Thread, type ToThread, serve } from './thread.ts'

/** How long a thread may take to end when it is made to, in milliseconds. */
const refusal = 500

/** A new thread of `program`, which must call {@link serveApp} there, for the app whose main module is `main`. */
export function appThread(program: URL, main: string): Thread {
  const worker = new Worker(program, { workerData: { main } })
  return {
    post: (message) => worker.postMessage(message),
    listen(onMessage, onError) {
      worker.on('message', (message: FromThread) => onMessage(message))
      worker.on('error', onError)
      worker.on('exit', (code) => onError(new Error(`the app ended its thread (exit code ${code})`)))
    },
    // a thread hands over what it posted before it is gone
    end: () => Promise.race([worker.terminate(), new Promise((resolve) => setTimeout(resolve, refusal).unref())]),
  }
}

/** Inside the thread: runs the app. */
export function serveApp(): void {
  const port = parentPort
  if (port === null) throw new Error('serveApp runs in a thread only')
  serve(
    {
      post: (message, transferred) => port.postMessage(message, transferred),
      listen: (onMessage) => void port.on('message', (message: ToThread) => onMessage(message)),
    },
    () => loadExperiment((workerData as { readonly main: string }).main),
    { machine: thisMachine(), png: true, peakMemoryMB },
  )
}

/** Largest resident size of this process so far, in units of 10^6 bytes. */
export function peakMemoryMB(): number {
  return Math.round(process.resourceUsage().maxRSS * 1.024) / 1000
}

function thisMachine(): Machine {
  const model = cpus()[0]?.model.trim() || process.arch
  return { cpu: model, cores: availableParallelism(), node: process.versions.node }
}
