// Folders of images, for Node: lists them, and hands their files to worker threads that read, decode and resize. Each
// thread has one image at a time; the rest waits here in order.

import { readdir, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { DatasetError } from '../errors.ts'
import type { ImageFolder, ImageReader } from './image-folder.ts'
import type { ImageAnswer, ImageTask } from './image-worker.node.ts'

// Of these only JPEG and PNG can be decoded: the others are listed, so that nobody misses them silently.
const IMAGE = /\.(jpe?g|png|gif|bmp|webp|tiff?|avif|heic|jxl)$/i

/** The class folders in `folder`, links to folders among them. */
export const listClasses: ImageFolder['listClasses'] = async (folder) => {
  const names: string[] = []
  for (const entry of await entriesOf(folder)) {
    if (entry.name.startsWith('.')) continue
    const isFolder = entry.isSymbolicLink() ? (await stat(join(folder, entry.name))).isDirectory() : entry.isDirectory()
    if (isFolder) names.push(entry.name)
  }
  const classes = []
  for (const name of names.sort(byCodeUnits)) {
    const files = (await entriesOf(join(folder, name)))
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && IMAGE.test(entry.name))
      .map((entry) => entry.name)
    classes.push({ name, files: files.sort(byCodeUnits) })
  }
  return classes
}

interface Job {
  readonly task: ImageTask
  readonly settle: (result: Uint8Array) => void
  readonly fail: (reason: unknown) => void
}

/** Threads start with the first images that need them; while none is wanted they keep no program alive. */
export const openReader: ImageFolder['openReader'] = (
  threads = Math.max(1, availableParallelism() - 1),
): ImageReader => {
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
    job?.fail(threadError(job.task.path, cause))
    if (waiting.length > 0) start()
  }
  const start = (): void => {
    const worker = new Worker(new URL(import.meta.resolve('#image-worker')), { execArgv: [] })
    workers.add(worker)
    worker.on('message', (answer: ImageAnswer) => {
      const job = atWork.get(worker)
      atWork.delete(worker)
      serve(worker)
      if (!job) return
      if ('planes' in answer) job.settle(answer.planes)
      else job.fail(errorOf(answer, job.task.path))
    })
    worker.on('error', (cause) => lose(worker, cause))
    worker.on('exit', (code) => {
      if (workers.has(worker)) lose(worker, new Error(`exit code ${code}`))
    })
    serve(worker)
  }

  return {
    read: (path, fit) =>
      new Promise((settle, fail) => {
        if (closed) return fail(closed.reason)
        waiting.push({ task: { path, fit }, settle, fail })
        const idle = [...workers].find((worker) => !atWork.has(worker))
        if (idle) serve(idle)
        else if (workers.size < threads) start()
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

function errorOf(answer: Exclude<ImageAnswer, { planes: unknown }>, path: string): DatasetError {
  if (answer.failure === 'unreadable') {
    return new DatasetError('NOT_FOUND', `${path} cannot be read (${answer.reason}): list the folder again`, {
      file: path,
    })
  }
  const fix = 'get it again, remove it, or leave such images out by `skipUndecodable: true`'
  return new DatasetError('CORRUPT', `${path} cannot be decoded (${answer.reason}): ${fix}`, { file: path })
}

function threadError(path: string, cause: unknown): DatasetError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const message = `the thread that decoded ${path} died (${why}): remove the image if it is too large for the memory`
  return new DatasetError('WORKER', message, { file: path, cause })
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new DatasetError('NOT_FOUND', `${folder} is no folder that can be read (${why}): give another`, {
      file: folder,
      cause,
    })
  }
}

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
