// Runs the shards of a plan that are not finished, on threads of their own where there is more than one to run.
import { Worker } from 'node:worker_threads'
import { CliError, UsageError } from '../errors.ts'
import { type Manifest, itemsOf } from './manifest.ts'
import { type ShardProgress, closeShards, isFinished, runShard } from './run-shard.ts'

/** What a thread says. */
export type FromWorker =
  | { readonly progress: ShardProgress }
  | { readonly done: number }
  | {
      readonly failed: {
        readonly isUsage: boolean
        readonly code: string | undefined
        readonly message: string
        readonly stack: string | undefined
      }
    }

/** How shards are run. */
export interface PoolRun {
  readonly threads: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (progress: ShardProgress) => void
}

/** The shards that are still to be computed, and the items in the others. */
export async function remaining(
  plan: Manifest,
  shards: readonly number[],
): Promise<{ readonly shards: readonly number[]; readonly finishedItems: number }> {
  const left: number[] = []
  let finishedItems = 0
  for (const shard of shards) {
    const [begin, end] = itemsOf(plan, shard)
    if (await isFinished(plan, shard)) finishedItems += end - begin
    else left.push(shard)
  }
  return { shards: left, finishedItems }
}

/** Computes `shards`. The first failure ends all and is thrown; shards that are finished by then stay. */
export async function runShards(plan: Manifest, shards: readonly number[], run: PoolRun): Promise<void> {
  const workers = Math.min(run.threads, shards.length)
  if (workers > 1) return onThreads(plan, shards, workers, run)
  try {
    for (const shard of shards) await runShard(plan, shard, run)
  } finally {
    await closeShards(plan)
  }
}

async function onThreads(
  plan: Manifest,
  shards: readonly number[],
  count: number,
  { signal, onProgress }: PoolRun,
): Promise<void> {
  const waiting = [...shards]
  const threads = Array.from(
    { length: count },
    () => new Worker(new URL(import.meta.resolve('#shard-worker')), { workerData: plan }),
  )
  try {
    await Promise.all(
      threads.map(
        (thread) =>
          new Promise<void>((settle, fail) => {
            const next = (): void => {
              const shard = waiting.shift()
              thread.postMessage(shard ?? 'end')
            }
            thread.on('message', (message: FromWorker) => {
              if ('progress' in message) onProgress?.(message.progress)
              else if ('done' in message) next()
              else fail(errorOf(message.failed))
            })
            thread.on('error', fail)
            thread.on('exit', (code) =>
              code === 0 ? settle() : fail(new CliError('WORKER', `a thread ended with code ${code}`)),
            )
            signal?.addEventListener('abort', () => fail(signal.reason as Error), { once: true })
            if (signal?.aborted) fail(signal.reason as Error)
            next()
          }),
      ),
    )
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}

/** What a thread failed of, as an error here. */
export function errorOf({ isUsage, code, message, stack }: Extract<FromWorker, { failed: unknown }>['failed']): Error {
  if (code === undefined) return Object.assign(new Error(message), { stack })
  return isUsage ? new UsageError(code, message) : new CliError(code, message)
}
