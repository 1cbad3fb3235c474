// The process of a lane: computes the shards that it is told of, one after the other. It ends with the worker that began it.
import { ScatterlabError } from '@scatterlab/tensor'
import { UsageError } from '../errors.ts'
import { type Manifest, readManifest } from '../shards/manifest.ts'
import type { FromWorker } from '../shards/pool.ts'
import { closeShards, runShard } from '../shards/run-shard.ts'
import type { ShardJob } from './shard-queue.ts'

/** So many plans are kept, with what is open for them. */
const PLANS = 4

const plans = new Map<string, Manifest>()

async function planOf({ folder, plan: hash, files }: ShardJob): Promise<Manifest> {
  const key = `${folder}\n${hash}\n${files}`
  const known = plans.get(key)
  if (known) return known
  const plan = await readManifest(folder)
  if (plan.hash !== hash)
    throw new UsageError('OTHER_RUN', `'${folder}' holds shards of another run: submit that again`)
  const oldest = plans.size < PLANS ? undefined : plans.entries().next().value
  if (oldest) {
    plans.delete(oldest[0])
    await closeShards(oldest[1])
  }
  plans.set(key, plan)
  return plan
}

async function compute(job: ShardJob): Promise<FromWorker> {
  try {
    await runShard(await planOf(job), job.shard)
    return { done: job.shard }
  } catch (error) {
    const { message, stack } = error as Error
    const code = error instanceof ScatterlabError ? error.code : undefined
    return { failed: { isUsage: error instanceof UsageError, code, message, stack } }
  }
}

process.on('message', (job: ShardJob) => void compute(job).then((said) => process.send?.(said)))
process.on('disconnect', () => process.exit())
// a terminal and a service manager tell the whole group: the worker decides, after this shard
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
