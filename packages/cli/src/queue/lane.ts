// A process that computes one shard after the other. The worker beside it can tell the queue that it is alive, and outlives a shard that
// kills what computes it.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { CliError } from '../errors.ts'
import { type FromWorker, errorOf } from '../shards/pool.ts'
import type { ShardJob } from './shard-queue.ts'

/** One process, begun with its first shard. */
export class Lane {
  private child: ChildProcess | undefined

  /** Computes a shard. Rejects as `runShard` does, and with {@link CliError} `WORKER` if the process dies; the next shard gets a new one. */
  async run(job: ShardJob): Promise<void> {
    const child = (this.child ??= this.begin())
    const ending = new AbortController()
    try {
      await new Promise<void>((settle, fail) => {
        const heard = (message: unknown): void => {
          const said = message as FromWorker
          if ('done' in said) settle()
          else if ('failed' in said) fail(errorOf(said.failed))
        }
        const ended = (code: number | null, signal: string | null): void => fail(endedError(job, code, signal))
        child.on('message', heard).on('error', fail).on('exit', ended)
        ending.signal.addEventListener('abort', () => child.off('message', heard).off('error', fail).off('exit', ended))
        // one that cannot be told has ended
        child.send(job, () => {})
      })
    } finally {
      ending.abort()
    }
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const { child } = this
    if (!child?.connected) return
    child.disconnect()
    await once(child, 'exit')
  }

  private begin(): ChildProcess {
    const child = fork(fileURLToPath(import.meta.resolve('#lane-worker')), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.once('exit', () => {
      if (this.child === child) this.child = undefined
    })
    return child
  }
}

function endedError({ shard }: ShardJob, code: number | null, signal: string | null): CliError {
  const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`
  const fix = 'memory may have run out: give the machine more, or work fewer --threads'
  return new CliError('WORKER', `the process that computed shard ${shard} ${how}; ${fix}`)
}
