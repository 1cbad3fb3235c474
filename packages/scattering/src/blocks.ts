// Work on a batch of images, block by block, so that it takes little memory on the back end: at once where the numbers are on the host,
// or awaited, with pauses, progress and an end on demand.
import {
  type Backend,
  type RealArray,
  type Rules,
  type Tensor,
  DTypeError,
  aFunction,
  checkOptions,
  aSignal,
  realArray,
  scope,
  startTurns,
} from '@scatterlab/tensor'

/** How long work on many images is run. */
export interface RunOptions {
  /** Ends the work before its next block: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Called after each block. */
  readonly onProgress?: (progress: Progress) => void
}

/** What they may be. */
export const runRules: Rules<RunOptions> = { signal: aSignal, onProgress: aFunction }

/** How far the work is. */
export interface Progress {
  /** Images of the block that has just been done. */
  readonly images: number
  /** Images done so far. */
  readonly done: number
  /** Images in all. */
  readonly total: number
}

/** Work on `count` images of which each takes about `size` numbers on the back end. */
export interface Work<T> {
  readonly backend: Backend
  readonly count: number
  readonly size: number
  /** Issues the work on images start … end − 1: an array of its own, [end − start, numbers]. */
  readonly issue: (start: number, end: number) => Tensor
  /** What is made of the numbers of all images. */
  readonly finish: (data: RealArray) => T
}

/** About so many numbers make a block. */
const BLOCK = 2 ** 21

/** First image and the one behind the last of each block. */
export function blocks(backend: Backend, count: number, size: number): [start: number, end: number][] {
  const step = Math.max(backend.lanes, Math.floor(BLOCK / size / backend.lanes) * backend.lanes)
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => [i * step, Math.min(count, (i + 1) * step)])
}

/** Does the work at once. Throws `DTypeError` where the numbers are on a device. */
export function atOnce<T>({ backend, count, size, issue, finish }: Work<T>): T {
  const all = gathered(count)
  for (const [start, end] of blocks(backend, count, size)) {
    scope(() => {
      const { buffer } = issue(start, end)
      if (buffer.data === null) {
        throw new DTypeError(
          `the ${backend.name} back end keeps its arrays on the device: await the method whose name ends in Async`,
        )
      }
      all.put(buffer.data, start, end)
    })
  }
  return finish(all.data())
}

/** Does the work on any back end. Rejects with the reason of `signal` once it is aborted. */
export async function awaited<T>({ backend, count, size, issue, finish }: Work<T>, run: RunOptions): Promise<T> {
  const { signal, onProgress } = checkOptions('a run', run, runRules)
  const turns = startTurns(signal)
  const all = gathered(count)
  for (const [start, end] of blocks(backend, count, size)) {
    await turns.next()
    const reading = scope(() => {
      const { buffer } = issue(start, end)
      if (buffer.data === null) return backend.read(buffer)
      all.put(buffer.data, start, end)
      return null
    })
    if (reading !== null) all.put(await reading, start, end)
    onProgress?.({ images: end - start, done: end, total: count })
  }
  return finish(all.data())
}

/** The numbers of all images, as they come. */
function gathered(count: number) {
  let all: RealArray | undefined
  return {
    put(data: RealArray, start: number, end: number): void {
      const length = data.length / (end - start)
      all ??= realArray(data instanceof Float32Array ? 'float32' : 'float64', count * length)
      all.set(data, start * length)
    },
    data: () => all ?? new Float32Array(),
  }
}
