// Re-exports only: the command, for a program that calls it in its own process, and shards, for one that hands them out itself.
export { command } from './command.ts'
export { CliError, UsageError } from './errors.ts'
export { exitCodes } from './exit-codes.ts'
export {
  type Manifest,
  type MergeOptions,
  type Merged,
  type PlanOptions,
  type ShardProgress,
  type ShardRun,
  closeShards,
  isFinished,
  mergeShards,
  planShards,
  readManifest,
  runShard,
  shardsOf,
} from './shard.ts'
