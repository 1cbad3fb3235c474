// The queue: one job a shard. What a job says, and how often it is tried. Beside work.ts the one importer of BullMQ.
import { createHash } from 'node:crypto'
import { type Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { type Manifest, itemsOf, shardsOf } from '../shards/manifest.ts'
import { digestOf } from '../shards/record.ts'

/** A shard to be computed. All machines see its folder by the same path. */
export interface ShardJob {
  readonly folder: string
  /** Hash of the plan that lies in the folder. */
  readonly plan: string
  /** Digest of the files' names, sizes and times when the shard was submitted: after a change they are opened anew. */
  readonly files: string
  readonly shard: number
  /** Items of the shard. */
  readonly items: number
  /** Shards of the run. */
  readonly of: number
}

/** A queue whose jobs are shards of runs. */
export type ShardQueue = Queue<ShardJob, void, 'shard'>

/** How often a shard is taken over from a worker that vanished; at the next time it is set aside: it may be what kills them. */
export const MOST_LOST = 3
/** A shard that was taken over so often is computed with no other beside it: those would be suspected with it. */
export const ALONE_AFTER = 2

/** The queue of a name. */
export function shardQueue(name: string, redis: Redis): ShardQueue {
  const queue: ShardQueue = new Queue(name, {
    connection: redis,
    defaultJobOptions: {
      backoff: { type: 'exponential', delay: 1000, jitter: 0.5 },
      // seconds: a week, so that status can tell
      removeOnComplete: { age: 7 * 86_400 },
      removeOnFail: false,
    },
  })
  // the connection says what is wrong with it; it comes back by itself
  queue.on('error', () => {})
  return queue
}

const runOf = ({ folder, hash }: Pick<Manifest, 'folder' | 'hash'>): string =>
  createHash('sha256').update(`${folder}\n${hash}`).digest('hex').slice(0, 16)

const idOf = (plan: Manifest, shard: number): string => `${runOf(plan)}-${shard}`

/** How many jobs are sent or asked for at once. */
const PAGE = 1000

/**
 * Sees to it that each of `shards` has a job that waits or runs, and gives how many had none. A job that has ended without its shard
 * being finished starts anew. It is tried `attempts` times, after waits of about 1, 2, 4, … s, before it is set aside. May be called by several at once: a shard has one job.
 */
export async function addShards(
  queue: ShardQueue,
  plan: Manifest,
  shards: readonly number[],
  attempts: number,
): Promise<number> {
  const files = digestOf(plan.files)
  let added = 0
  for (let at = 0; at < shards.length; at += PAGE) {
    const some = shards.slice(at, at + PAGE)
    const states = await Promise.all(some.map((shard) => queue.getJobState(idOf(plan, shard))))
    const ended = some.filter((_, i) => states[i] === 'completed' || states[i] === 'failed')
    await Promise.all(ended.map((shard) => queue.remove(idOf(plan, shard))))
    const missing = some.filter((shard, i) => states[i] === 'unknown' || ended.includes(shard))
    await queue.addBulk(
      missing.map((shard) => {
        const [begin, end] = itemsOf(plan, shard)
        const data = { folder: plan.folder, plan: plan.hash, files, shard, items: end - begin, of: shardsOf(plan) }
        return { name: 'shard' as const, data, opts: { attempts, jobId: idOf(plan, shard) } }
      }),
    )
    added += missing.length
  }
  return added
}

/** Of what BullMQ scores a job that waits for a time: its milliseconds, and room below them for the order of jobs. */
const SCORES_A_MILLISECOND = 0x1000

/**
 * Lets go of jobs that would wait for longer than they were told to, and gives how many: a worker whose clock is ahead puts the next try of a
 * shard as far into the future. Time is that of Redis.
 */
export async function releaseOverdue(queue: ShardQueue, redis: Redis): Promise<number> {
  const [seconds] = await redis.time()
  const now = 1000 * Number(seconds)
  const jobs = await queue.getJobs(['delayed'])
  const scores = await Promise.all(jobs.map(({ id }) => redis.zscore(queue.toKey('delayed'), id!)))
  const overdue = jobs.filter(
    ({ delay }, i) => scores[i] !== null && Number(scores[i]) / SCORES_A_MILLISECOND > now + delay + OF_CLOCKS,
  )
  // another may have let go of it meanwhile
  const released = await Promise.allSettled(overdue.map((job) => job.promote()))
  return released.filter(({ status }) => status === 'fulfilled').length
}

/** Milliseconds by which clocks that are right may differ. */
const OF_CLOCKS = 2000

/** A shard that is not tried again. */
export interface SetAside {
  readonly shard: number
  readonly reason: string
}

/** The shards of a run that were set aside. */
export async function setAside(queue: ShardQueue, plan: Pick<Manifest, 'folder' | 'hash'>): Promise<SetAside[]> {
  const failed = await queue.getJobs(['failed'])
  return failed.filter(({ data }) => data.folder === plan.folder && data.plan === plan.hash).map(aside)
}

/** What became of a failed job, in words. */
export const aside = ({ data, failedReason }: Job<ShardJob>): SetAside => ({
  shard: data.shard,
  reason: failedReason.startsWith('job stalled')
    ? `its worker vanished ${MOST_LOST + 1} times`
    : (failedReason.split('\n')[0] ?? ''),
})
