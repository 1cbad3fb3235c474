// Hands image files to worker threads that read, decode and resize, for Node. Each thread has one image at a time; the
// rest waits here in order. In a bundle that has no file for the threads, the main thread does the same work.

import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { DatasetError } from '../errors.ts'
import { undecodable, type ImageFolder, type ImageReader } from './image-folder.ts'
import type { ImageAnswer, ImageTask } from './read-image.node.ts'

export { listClasses } from './list-images.node.ts'

interface Job {
  readonly path: string
  readonly task: ImageTask
  readonly settle: (result: Uint8Array) => void
  readonly fail: (reason: unknown) => void
}

/** Threads start with the first images that need them; while none is wanted they keep no program alive. */
export const openReader: ImageFolder['openReader'] = ({ maxPixels, threads }): ImageReader => {
  const source = workerFile()
  const most = source ? (threads ?? Math.max(1, availableParallelism() - 1)) : 0
  const waiting: Job[] = []
  const workers = new Set<Worker>()
  const atWork = new Map<Worker, Job>()
  let closed: { readonly reason: unknown } | undefined

  const serve = (worker: Worker): void => {
    const job = waiting.shift()
    if (!job) return worker.unref()
    atWork.set(worker, job)
    worker.ref()
    worker.postMessage(job.task)
  }
  const lose = (worker: Worker, cause: unknown): void => {
    workers.delete(worker)
    const job = atWork.get(worker)
    atWork.delete(worker)
    job?.fail(threadError(job.path, cause))
    if (waiting.length > 0) start(source!)
  }
  const start = (source: URL): void => {
    const worker = new Worker(source, { execArgv: [] })
    workers.add(worker)
    worker.on('message', (answer: ImageAnswer) => {
      const job = atWork.get(worker)
      atWork.delete(worker)
      serve(worker)
      if (job) finish(job, answer)
    })
    worker.on('error', (cause) => lose(worker, cause))
    worker.on('exit', (code) => {
      if (workers.has(worker)) lose(worker, new Error(`exit code ${code}`))
    })
    serve(worker)
  }
  let here: Promise<unknown> = Promise.resolve()
  const readHere = async (): Promise<void> => {
    const { readImage } = await import('./read-image.node.ts')
    const job = waiting.shift()
    if (job) finish(job, await readImage(job.task))
  }

  return {
    read: (path, fit, bytes) =>
      new Promise((settle, fail) => {
        if (closed) return fail(closed.reason)
        waiting.push({ path, task: { path: bytes ?? path, fit, maxPixels }, settle, fail })
        const idle = [...workers].find((worker) => !atWork.has(worker))
        if (idle) serve(idle)
        else if (workers.size < most) start(source!)
        else if (!source) here = here.then(readHere)
      }),
    close: async (reason = new Error('the reader was closed')) => {
      if (closed) return
      closed = { reason }
      const ending = [...workers]
      workers.clear()
      for (const { fail } of [...atWork.values(), ...waiting.splice(0)]) fail(reason)
      atWork.clear()
      await Promise.all(ending.map((worker) => worker.terminate()))
    },
  }
}

/** The file that the threads run, which lies beside this one, but not beside a bundle. */
function workerFile(): URL | undefined {
  try {
    const file = new URL(import.meta.resolve('#image-worker'))
    return existsSync(file) ? file : undefined
  } catch {
    return undefined
  }
}

function finish({ path, settle, fail }: Job, answer: ImageAnswer): void {
  if ('planes' in answer) return settle(answer.planes)
  if (answer.failure === 'unreadable') {
    const message = `${path} cannot be read (${answer.reason}): list the folder again`
    return fail(new DatasetError('NOT_FOUND', message, { file: path }))
  }
  fail(undecodable(path, answer.reason))
}

function threadError(path: string, cause: unknown): DatasetError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const message = `the thread that decoded ${path} died (${why}): remove the image if it is too large for the memory`
  return new DatasetError('WORKER', message, { file: path, cause })
}
