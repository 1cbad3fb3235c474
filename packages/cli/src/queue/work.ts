// `scatterlab work`: takes shards from the queue and computes them until it is told to end, or until the queue is empty.
import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { DelayedError, UnrecoverableError, Worker, type Job } from 'bullmq'
import { UsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { interruptible } from '../interrupt.ts'
import { Gate } from './gate.ts'
import { Lane } from './lane.ts'
import { connect } from './redis.ts'
import { ALONE_AFTER, MOST_LOST, type ShardJob, type ShardQueue, releaseOverdue, shardQueue } from './shard-queue.ts'

/** What was given to `work`. */
export interface WorkFlags {
  readonly queue: string
  readonly name: string
  readonly threads?: number
  readonly untilEmpty?: true
  /** Seconds without a sign of life after which another worker takes a shard over. */
  readonly patience: number
  readonly quiet?: true
}

/** Milliseconds between two looks at whether the queue is empty, and between two at shards that a wrong clock holds back. */
const [LOOK, CARE] = [250, 2500]
/** Milliseconds until a shard that is to be alone is tried again where it could not be. */
const LATER = 500

/** Runs it, and gives the exit code. On SIGTERM the shards at hand are finished, and no other is taken. */
export async function work(flags: WorkFlags): Promise<number> {
  const { name, threads = availableParallelism(), untilEmpty, patience, quiet } = flags
  const redis = await connect(flags.queue)
  const queue = shardQueue(name, redis)
  const lanes = Array.from({ length: threads }, () => new Lane())
  const gate = new Gate()
  const say = (line: string): void => void (quiet || process.stderr.write(`${line}\n`))

  const compute = async (job: Job<ShardJob>, token?: string): Promise<void> => {
    // what may have killed its workers takes no other shard with it
    const isSuspect = job.stalledCounter >= ALONE_AFTER
    if (isSuspect && !gate.isFree) {
      // one that waited here would count as lost with the worker, though it had not begun
      await job.moveToDelayed(Date.now() + LATER, token)
      throw new DelayedError()
    }
    const lane = lanes.pop()!
    try {
      await gate.pass(isSuspect, async () => lane.run(job.data))
    } catch (error) {
      // what was asked wrongly is wrong at the next try too
      throw error instanceof UsageError ? new UnrecoverableError(error.message) : error
    } finally {
      lanes.push(lane)
    }
  }
  const worker = new Worker<ShardJob, void, 'shard'>(name, compute, {
    connection: redis,
    concurrency: threads,
    lockDuration: 1000 * patience,
    stalledInterval: 1000 * patience,
    maxStalledCount: MOST_LOST,
  })
  worker.on('error', () => {}) // the connection comes back by itself; a shard whose lock was lost is computed by another
  worker.on('stalled', (id) => say(`a worker vanished: its shard is taken over (job ${id})`))
  worker.on('failed', (job, error) => say(`${job ? shown(job.data) : 'a shard'} failed: ${error.message}`))
  worker.on('completed', ({ data }) => say(`${shown(data)} is finished`))
  say(
    `working on '${name}' with ${threads} ${threads === 1 ? 'thread' : 'threads'}; SIGTERM or Ctrl-C ends it after the shards at hand`,
  )
  const caring = setInterval(() => void releaseOverdue(queue, redis).catch(() => {}), CARE) // a Redis that is gone comes back
  try {
    await interruptible(async (signal) => {
      while (!signal.aborted && !(untilEmpty && (await isEmpty(queue)))) {
        await pause(LOOK, undefined, { signal }).catch(() => {})
      }
      if (signal.aborted) say('finishing the shards at hand')
      await worker.close()
    })
    return exitCodes.done
  } finally {
    clearInterval(caring)
    await Promise.all(lanes.map((lane) => lane.close()))
    await queue.close()
    redis.disconnect()
  }
}

const shown = ({ folder, shard, of }: ShardJob): string => `shard ${shard} of ${of} in ${folder}`

async function isEmpty(queue: ShardQueue): Promise<boolean> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized')
  return Object.values(counts).every((count) => count === 0)
}
