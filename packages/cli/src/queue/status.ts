// `scatterlab status`: how far the runs of a queue are, who works, and what was set aside.
import { setTimeout as pause } from 'node:timers/promises'
import type { Job } from 'bullmq'
import { exitCodes } from '../exit-codes.ts'
import { Interrupted, interruptible } from '../interrupt.ts'
import { standing } from '../progress.ts'
import { connect } from './redis.ts'
import { type SetAside, type ShardJob, type ShardQueue, aside, shardQueue } from './shard-queue.ts'

/** What was given to `status`. */
export interface StatusFlags {
  readonly queue: string
  readonly name: string
  readonly watch?: true
  readonly json?: true
}

/** One run, by its folder. Shards that were finished before they were submitted are in no number but `of`. */
export interface RunStatus {
  readonly folder: string
  readonly of: number
  readonly waiting: number
  readonly running: number
  /** Waiting for another try. */
  readonly retrying: number
  readonly finished: number
  readonly setAside: readonly SetAside[]
  readonly items: number
  readonly finishedItems: number
  /** Items a second over the time of the run; 0 before the first shard is finished. */
  readonly rate: number
}

/** Runs it, and gives the exit code: 1 if shards were set aside. */
export async function status(flags: StatusFlags): Promise<number> {
  const redis = await connect(flags.queue)
  const queue = shardQueue(flags.name, redis)
  try {
    return await interruptible(async (signal) => {
      for (;;) {
        const [runs, workers] = [await runsOf(queue), await queue.getWorkersCount()]
        process.stdout.write(flags.json ? `${JSON.stringify({ workers, runs })}\n` : inWords(runs, workers))
        const isAtWork = runs.some(({ waiting, running, retrying }) => waiting + running + retrying > 0)
        if (!flags.watch || !isAtWork)
          return runs.some((run) => run.setAside.length > 0) ? exitCodes.failed : exitCodes.done
        await pause(2000, undefined, { signal }).catch(() => {})
        signal.throwIfAborted()
      }
    })
  } catch (error) {
    if (error instanceof Interrupted) return exitCodes.interrupted
    throw error
  } finally {
    await queue.close()
    redis.disconnect()
  }
}

const STATES = {
  waiting: 'waiting',
  active: 'running',
  delayed: 'retrying',
  completed: 'finished',
  failed: 'failed',
} as const

/** The runs of the queue. */
export async function runsOf(queue: ShardQueue): Promise<RunStatus[]> {
  const jobs: { state: (typeof STATES)[keyof typeof STATES]; job: Job<ShardJob> }[] = []
  for (const type of Object.keys(STATES) as (keyof typeof STATES)[]) {
    for (const job of await queue.getJobs([type])) jobs.push({ state: STATES[type], job })
  }
  const byRun = Map.groupBy(jobs, ({ job }) => `${job.data.folder}\n${job.data.plan}`)
  return [...byRun.values()].map((own) => {
    const count = (state: string): number => own.filter((each) => each.state === state).length
    const done = own.filter(({ state }) => state === 'finished').map(({ job }) => job)
    const sum = (some: readonly Job<ShardJob>[]): number => some.reduce((items, { data }) => items + data.items, 0)
    const began = Math.min(...done.map(({ processedOn = Infinity }) => processedOn))
    const ended = Math.max(...done.map(({ finishedOn = -Infinity }) => finishedOn))
    const finishedItems = sum(done)
    const { folder, of } = own[0].job.data
    return {
      folder,
      of,
      waiting: count('waiting'),
      running: count('running'),
      retrying: count('retrying'),
      finished: done.length,
      setAside: own.filter(({ state }) => state === 'failed').map(({ job }) => aside(job)),
      items: sum(own.map(({ job }) => job)),
      finishedItems,
      rate: done.length > 0 && ended > began ? (1000 * finishedItems) / (ended - began) : 0,
    }
  })
}

function inWords(runs: readonly RunStatus[], workers: number): string {
  const heading = `${workers} ${workers === 1 ? 'worker' : 'workers'}`
  if (runs.length === 0) return `${heading}; the queue is empty\n`
  const lines = runs.flatMap((run) => {
    const { folder, of, waiting, running, retrying, finished, items, finishedItems, rate } = run
    const seconds = rate > 0 ? finishedItems / rate : Infinity
    const how = standing({ noun: 'items', total: items, now: finishedItems, done: 0, seconds })
    const shards = `${finished} finished, ${running} running, ${waiting} waiting, ${retrying} to be tried again`
    const poisoned = run.setAside.map(({ shard, reason }) => `  set aside: shard ${shard}: ${reason}`)
    return [`${folder}: ${how}`, `  of ${of} shards: ${shards}`, ...poisoned]
  })
  return `${[heading, ...lines].join('\n')}\n`
}
