// What runs on each thread: shards of one plan, one after the other, reading included, so that no number crosses threads.
import { parentPort, workerData } from 'node:worker_threads'
import { ScatterlabError } from '@scatterlab/tensor'
import { UsageError } from '../errors.ts'
import type { Manifest } from './manifest.ts'
import type { FromWorker } from './pool.ts'
import { closeShards, runShard } from './run-shard.ts'

const plan = workerData as Manifest
const say = (message: FromWorker): void => parentPort?.postMessage(message)

parentPort?.on('message', (shard: number | 'end') => {
  if (shard === 'end') {
    void closeShards(plan).then(() => parentPort?.close())
    return
  }
  runShard(plan, shard, { onProgress: (progress) => say({ progress }) }).then(
    () => say({ done: shard }),
    (error: unknown) => {
      const { message, stack } = error as Error
      const code = error instanceof ScatterlabError ? error.code : undefined
      say({ failed: { isUsage: error instanceof UsageError, code, message, stack } })
    },
  )
})
