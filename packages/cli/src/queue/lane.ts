// A thread that computes one shard after the other, so that the process beside it can tell the queue that it is alive.
import { Worker } from 'node:worker_threads'
import { CliError } from '../errors.ts'
import type { Manifest } from '../shards/manifest.ts'
import { type FromWorker, errorOf } from '../shards/pool.ts'
import type { ToLane } from './lane-worker.ts'

/** One thread, begun with its first shard. */
export class Lane {
  private thread: Worker | undefined
  private plan: Manifest | undefined

  /** Computes a shard. Rejects as `runShard` does, and with {@link CliError} `WORKER` if the thread dies; the next shard gets a new one. */
  async run(plan: Manifest, shard: number): Promise<void> {
    const thread = (this.thread ??= new Worker(new URL(import.meta.resolve('#lane-worker'))))
    const say = (message: ToLane): void => thread.postMessage(message)
    if (this.plan !== plan) say({ plan })
    this.plan = plan
    const ending = new AbortController()
    try {
      await new Promise<void>((settle, fail) => {
        const on = (event: string, heard: (value: unknown) => void): void => {
          thread.on(event, heard)
          ending.signal.addEventListener('abort', () => thread.off(event, heard))
        }
        const died = (why: string): void => {
          this.thread = undefined
          this.plan = undefined
          fail(new CliError('WORKER', `the thread of shard ${shard} ended (${why})`))
        }
        on('message', (message) => {
          const said = message as FromWorker
          if ('done' in said) settle()
          else if ('failed' in said) fail(errorOf(said.failed))
        })
        on('error', (error) => died((error as Error).message))
        on('exit', (code) => died(`code ${String(code)}`))
        say({ shard })
      })
    } finally {
      ending.abort()
    }
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.thread?.terminate()
  }
}
