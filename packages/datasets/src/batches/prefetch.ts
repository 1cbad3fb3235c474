// Batches made ahead of their use: while the consumer works on one, the next ones are prepared. It gains where
// preparation waits for something else, worker threads or files; it adds no threads itself.

import { checkOptions, wholeNumber, aSignal, checkArgument } from '@scatterlab/tensor'
import { aPass } from '../rules.ts'

/** How far ahead to go. */
export interface PrefetchOptions {
  /** Items prepared or in preparation while the consumer has one; by default 2. */
  readonly ahead?: number
  /** Stops it: the next item throws the signal's reason, and the source is told to end. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The items of `source` in its order, up to `ahead` of them asked for before they are wanted, one after the other. What
 * the source throws is thrown in its turn, after the items before it. When the consumer leaves early, the source ends
 * after the item in preparation; on abort its end is not waited for. Throws ValueError for an `ahead` that is
 * not a whole number of at least 0.
 */
export function prefetch<Item>(
  source: AsyncIterable<Item>,
  options: PrefetchOptions = {},
): AsyncGenerator<Item, void, undefined> {
  checkArgument('prefetch: source', source, aPass)
  const { ahead = 2, signal } = checkOptions('prefetch', options, { ahead: wholeNumber(0, 1024), signal: aSignal })

  async function* pass(): AsyncGenerator<Item, void, undefined> {
    const iterator = source[Symbol.asyncIterator]()
    const asked: Promise<IteratorResult<Item, unknown>>[] = []
    let last: Promise<unknown> = Promise.resolve()
    let [stopped, ended] = [false, false]
    const advance = async (): Promise<IteratorResult<Item, unknown>> => {
      if (stopped || ended) return { done: true, value: undefined }
      try {
        const result = await iterator.next()
        ended = result.done === true
        return result
      } catch (error) {
        ended = true
        throw error
      }
    }
    const ask = () => {
      const next = last.then(advance)
      next.catch(noop)
      last = next
      asked.push(next)
    }
    try {
      for (;;) {
        while (asked.length <= ahead) ask()
        const result = await unlessAborted(asked.shift()!, signal)
        if (result.done) return
        yield result.value
      }
    } finally {
      stopped = true
      const end = last.then(noop, noop).then(() => (ended ? undefined : iterator.return?.()))
      if (signal?.aborted) end.catch(noop)
      else await end
    }
  }
  return pass()
}

const noop = (): void => {}

/** What `promise` gives, or the signal's reason as soon as it is aborted. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  signal?.throwIfAborted()
  if (!signal) return promise
  const aborted = Promise.withResolvers<never>()
  const stop = () => aborted.reject(signal.reason as Error)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
