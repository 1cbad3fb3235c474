// Which part of the shards is a process's own: by --shard, or as Slurm and Kubernetes tell their tasks.
import { UsageError } from '../errors.ts'

/** Task `index` of `count`, from 0. It has every count-th shard. */
export interface Task {
  readonly index: number
  readonly count: number
  /** Who said so. */
  readonly from: string
}

/**
 * The task by `shard`, such as 1/8, the first of eight; else by the environment. `count` is how many there are where Kubernetes tells only
 * the index. Undefined for a run of all. Throws {@link UsageError} `BAD_OPTION`.
 */
export function taskOf(
  { shard, shards }: { readonly shard?: string; readonly shards?: number },
  env: Readonly<Record<string, string | undefined>>,
): Task | undefined {
  if (shard !== undefined) {
    const [, i, n] = (/^(\d+)\/(\d+)$/.exec(shard) ?? []).map(Number)
    if (!(i >= 1 && i <= n))
      throw new UsageError('BAD_OPTION', `--shard ${shard}: give i/n with i from 1 to n, such as 1/8`)
    return { index: i - 1, count: n, from: '--shard' }
  }
  const number = (name: string): number | undefined => (/^\d+$/.test(env[name] ?? '') ? Number(env[name]) : undefined)
  const [id, of] = [number('SLURM_ARRAY_TASK_ID'), number('SLURM_ARRAY_TASK_COUNT')]
  if (id !== undefined && of !== undefined) {
    const step = Math.max(1, number('SLURM_ARRAY_TASK_STEP') ?? 1)
    const index = (id - (number('SLURM_ARRAY_TASK_MIN') ?? 0)) / step
    if (Number.isInteger(index) && index >= 0 && index < of) return { index, count: of, from: 'Slurm' }
    throw new UsageError(
      'BAD_OPTION',
      `SLURM_ARRAY_TASK_ID is ${id}, of ${of} tasks: give an array of even steps, or --shard i/n`,
    )
  }
  const index = number('JOB_COMPLETION_INDEX')
  if (index === undefined) return undefined
  const count = shards ?? number('SCATTERLAB_SHARDS')
  if (count === undefined || index >= count) {
    const fix = "set SCATTERLAB_SHARDS to the Job's `completions`, or give --shards"
    throw new UsageError('BAD_OPTION', `JOB_COMPLETION_INDEX is ${index}, and of how many is not said: ${fix}`)
  }
  return { index, count, from: 'Kubernetes' }
}

/** The shards of a task among all. */
export const shardsOfTask = (all: number, task: Task | undefined): number[] =>
  Array.from({ length: all }, (_, i) => i).filter((i) => task === undefined || i % task.count === task.index)
