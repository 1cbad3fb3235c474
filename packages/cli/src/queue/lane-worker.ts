// What runs on the thread of a lane: shards of the plans that it is given.
import { parentPort } from 'node:worker_threads'
import { ScatterlabError } from '@scatterlab/tensor'
import { UsageError } from '../errors.ts'
import type { Manifest } from '../shards/manifest.ts'
import type { FromWorker } from '../shards/pool.ts'
import { closeShards, runShard } from '../shards/run-shard.ts'

/** What a lane says: a plan, of which all shards are until the next, or a shard. */
export type ToLane = { readonly plan: Manifest } | { readonly shard: number }

let plan: Manifest
const say = (message: FromWorker): void => parentPort?.postMessage(message)

parentPort?.on('message', (message: ToLane) => {
  if ('plan' in message) {
    if (plan as Manifest | undefined) void closeShards(plan)
    plan = message.plan
    return
  }
  const { shard } = message
  runShard(plan, shard, { onProgress: (progress) => say({ progress }) }).then(
    () => say({ done: shard }),
    (error: unknown) => {
      const { message: text, stack } = error as Error
      const code = error instanceof ScatterlabError ? error.code : undefined
      say({ failed: { isUsage: error instanceof UsageError, code, message: text, stack } })
    },
  )
})
