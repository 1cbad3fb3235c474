// `scatterlab submit`: cuts a run into shards and hands them to the queue; with --wait shows progress, and joins the whole.
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { computingOf, formatOf, readingOf, transformOf } from '../commands/options.ts'
import { type TransformCommandFlags, merge } from '../commands/transform.ts'
import { CliError, UsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { Interrupted, interruptible } from '../interrupt.ts'
import { progressOf } from '../progress.ts'
import { type Manifest, itemsOf, shardsOf } from '../shards/manifest.ts'
import { planShards } from '../shards/plan.ts'
import { remaining } from '../shards/pool.ts'
import { recordFile } from '../shards/record.ts'
import { connect } from './redis.ts'
import { type SetAside, type ShardQueue, addShards, setAside, shardQueue } from './shard-queue.ts'

/** What was given to `submit`. */
export interface SubmitFlags extends Omit<TransformCommandFlags, 'shard' | 'shards' | 'threads' | 'resume'> {
  readonly queue: string
  readonly name: string
  readonly wait?: true
  /** Tries of a shard that fails before it is set aside. */
  readonly attempts: number
}

/** Milliseconds between two looks at the folder, and between two looks at whether the queue has lost jobs; those take this share of the time at most. */
const [LOOK, CARE, SHARE] = [500, 5000, 1 / 200]

/** Runs it, and gives the exit code. Submitting the same again adds what is missing, and tries again what was set aside. */
export async function submit(input: string, flags: SubmitFlags): Promise<number> {
  const output = resolve(flags.output)
  if (flags.output === '-' || input === '-')
    throw new UsageError('BAD_OPTION', 'a pipe cannot be shared out: give files')
  if (existsSync(output) && !flags.overwrite)
    throw new UsageError('EXISTS', `-o ${output}: it is there already; give --overwrite, or another name`)
  if (!existsSync(dirname(output)))
    throw new UsageError('BAD_OPTION', `-o ${output}: there is no folder '${dirname(output)}'`)
  formatOf(flags)
  const redis = await connect(flags.queue)
  const queue = shardQueue(flags.name, redis)
  try {
    const plan = await planShards(
      input,
      {
        folder: `${output}.parts`,
        ...(flags.transform && { kind: flags.transform }),
        transform: transformOf(flags),
        reading: readingOf(flags),
        computing: computingOf(flags),
      },
      flags.shardSize,
    )
    const all = Array.from({ length: shardsOf(plan) }, (_, i) => i)
    const left = await remaining(plan, all)
    const added = await addShards(queue, plan, left.shards, flags.attempts)
    if (!flags.wait) {
      const result = { folder: plan.folder, shards: all.length, unfinished: left.shards.length, added }
      process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : inWords(result, output))
      return exitCodes.done
    }
    await interruptible((signal) =>
      waitFor(queue, plan, { ...left, signal, attempts: flags.attempts, quiet: flags.quiet === true }),
    )
    return await merge(plan.folder, { ...flags, output, overwrite: true })
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    process.stderr.write('No longer waiting; the workers go on. The same command waits again.\n')
    return exitCodes.interrupted
  } finally {
    await queue.close()
    redis.disconnect()
  }
}

function inWords(
  result: { folder: string; shards: number; unfinished: number; added: number },
  output: string,
): string {
  const { folder, shards, unfinished, added } = result
  return (
    `${added} of ${shards} shards are submitted (${shards - unfinished} were finished, ${unfinished - added} were waiting already)\n` +
    `'scatterlab status --queue …' shows how far they are; then 'scatterlab merge ${folder} -o ${output}'\n`
  )
}

interface Waiting {
  readonly shards: readonly number[]
  readonly finishedItems: number
  readonly signal: AbortSignal
  readonly attempts: number
  readonly quiet: boolean
}

/** Waits until all shards are finished. What the queue has lost, such as by a Redis that forgot, is added again. Throws `SET_ASIDE`. */
async function waitFor(
  queue: ShardQueue,
  plan: Manifest,
  { shards, finishedItems, signal, attempts, quiet }: Waiting,
): Promise<void> {
  const left = new Set(shards)
  const progress = progressOf({ noun: 'items', total: plan.count, done: finishedItems, quiet })
  let [cared, took] = [performance.now(), 0]
  try {
    while (left.size > 0) {
      await pause(LOOK, undefined, { signal }).catch(() => {})
      signal.throwIfAborted()
      const files = new Set(await readdir(plan.folder))
      for (const shard of left) {
        if (!files.has(recordFile(plan, shard).slice(plan.folder.length + 1))) continue
        left.delete(shard)
        const [begin, end] = itemsOf(plan, shard)
        progress.advance(end - begin)
      }
      if (performance.now() - cared < Math.max(CARE, took / SHARE) || left.size === 0) continue
      const began = performance.now()
      const poisoned = (await setAside(queue, plan)).filter(({ shard }) => left.has(shard))
      if (poisoned.length === left.size) throw setAsideError(plan, poisoned)
      const gone = new Set(poisoned.map(({ shard }) => shard))
      await addShards(
        queue,
        plan,
        [...left].filter((shard) => !gone.has(shard)),
        attempts,
      )
      cared = performance.now()
      took = cared - began
    }
  } finally {
    progress.close()
  }
}

function setAsideError(plan: Manifest, poisoned: readonly SetAside[]): CliError {
  const lines = poisoned.slice(0, 10).map(({ shard, reason }) => {
    const [begin, end] = itemsOf(plan, shard)
    return `  shard ${shard} (items ${begin} to ${end - 1}): ${reason}`
  })
  const rest = poisoned.length > 10 ? [`  … and ${poisoned.length - 10} more`] : []
  const heading = `${poisoned.length} of ${shardsOf(plan)} shards were set aside; submit again to try them again:`
  return new CliError('SET_ASIDE', [heading, ...lines, ...rest].join('\n'))
}
