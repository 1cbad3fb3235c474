// Re-exports only: shards, for those who hand them out themselves, such as a queue.
export { type Manifest, readManifest, shardsOf } from './shards/manifest.ts'
export { type PlanOptions, planShards } from './shards/plan.ts'
export { type ShardProgress, type ShardRun, closeShards, isFinished, runShard } from './shards/run-shard.ts'
export { type MergeOptions, type Merged, mergeShards } from './shards/merge.ts'
