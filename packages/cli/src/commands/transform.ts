// `scatterlab transform`: plans shards, computes those that are not finished, joins them. `scatterlab merge` joins those of many machines.
import { existsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { UsageError } from '../errors.ts'
import { doneWithout, exitCodes } from '../exit-codes.ts'
import { Interrupted, interruptible } from '../interrupt.ts'
import { duration, grouped, paceOf, progressOf } from '../progress.ts'
import { isOf } from '../shards/contents.ts'
import { type Manifest, manifestFile, readManifest, shardsOf } from '../shards/manifest.ts'
import { type Merged, mergeShards } from '../shards/merge.ts'
import { planShards } from '../shards/plan.ts'
import { remaining, runShards } from '../shards/pool.ts'
import { recordOf } from '../shards/record.ts'
import { tableFile } from '../shards/table.ts'
import { shardsOfTask, taskOf } from '../shards/task.ts'
import { type OutputFlags, type TransformFlags, computingOf, formatOf, readingOf, transformOf } from './options.ts'
import { listUnreadable } from './unreadable.ts'

/** What was given to `transform`. */
export interface TransformCommandFlags extends TransformFlags, OutputFlags {
  readonly resume?: true
  readonly overwrite?: true
  readonly shard?: string
  readonly shards?: number
  readonly shardSize?: number
  readonly threads?: number
  readonly json?: true
  readonly quiet?: true
}

/** What was given to `merge`. */
export interface MergeFlags extends OutputFlags {
  readonly overwrite?: true
  readonly keep?: true
  readonly json?: true
}

/** Runs `transform`, and gives the exit code. */
export async function transform(input: string, flags: TransformCommandFlags): Promise<number> {
  const { output, json, quiet = false } = flags
  const format = formatOf(flags)
  if (input === '-' || output === '-') return (await import('./pipe.ts')).pipe(input, flags)
  const folder = `${output}.parts`
  const task = taskOf(flags, process.env)
  await checkPlaces(folder, { ...flags, isTask: task !== undefined })
  const plan = await planShards(
    input,
    {
      folder,
      ...(flags.transform && { kind: flags.transform }),
      transform: transformOf(flags),
      reading: readingOf(flags),
      computing: computingOf(flags),
    },
    flags.shardSize,
  )
  if (flags.resume && !task && existsSync(output) && (await isOf(output, plan))) {
    await removeShards(folder)
    say(`${output} is finished.`, json)
    return exitCodes.done
  }
  const own = shardsOfTask(shardsOf(plan), task)
  if (task)
    say(`task ${task.index + 1} of ${task.count}, by ${task.from}: ${own.length} of ${shardsOf(plan)} shards`, json)
  const work = await compute(
    plan,
    own,
    { noun: nounOf(plan), quiet, threads: flags.threads ?? availableParallelism() },
    output,
  )
  if (work === null) return exitCodes.interrupted
  if (task) {
    const unreadable = await unreadableOf(plan, own)
    if (json) process.stdout.write(`${JSON.stringify({ folder, shards: own, unreadable, ...work })}\n`)
    else {
      process.stdout.write(`${own.length} shards are finished; 'scatterlab merge ${folder} -o ${output}' joins all\n`)
      listUnreadable(unreadable)
    }
    // an engine takes any other code for a failure; `merge` counts them
    return exitCodes.done
  }
  const merged = await interruptible((signal) =>
    mergeShards(plan, output, { format, dtype: flags.dtype, columns: flags.columns, signal }),
  ).catch(interruptedOrThrow)
  if (merged === null) return interrupted(output)
  await removeShards(folder)
  await conclude(merged, plan, { json, dtype: flags.dtype, work })
  return doneWithout(merged.unreadable.length)
}

/** Runs `merge`, and gives the exit code. */
export async function merge(folder: string, flags: MergeFlags): Promise<number> {
  const format = formatOf(flags)
  if (flags.output === '-') throw new UsageError('BAD_OPTION', '-o -: merge writes files only')
  if (existsSync(flags.output) && !flags.overwrite) throw refusal(flags.output)
  const plan = await readManifest(folder)
  const merged = await mergeShards(plan, flags.output, { format, dtype: flags.dtype, columns: flags.columns })
  if (!flags.keep) await removeShards(folder)
  await conclude(merged, plan, { json: flags.json, dtype: flags.dtype })
  return doneWithout(merged.unreadable.length)
}

const nounOf = ({ kind }: Manifest): string => (kind === 'sounds' ? 'sounds' : kind === 'array' ? 'rows' : 'images')

/** Nothing is written over unasked, and an unfinished run is neither gone on with nor thrown away unasked. */
async function checkPlaces(
  folder: string,
  { output, resume, overwrite, isTask }: TransformCommandFlags & { readonly isTask: boolean },
): Promise<void> {
  if (resume && overwrite)
    throw new UsageError('BAD_OPTION', '--resume goes on and --overwrite begins anew: give one of them')
  const parent = dirname(output)
  if (!existsSync(parent)) throw new UsageError('BAD_OPTION', `-o ${output}: there is no folder '${parent}'`)
  if (existsSync(output) && (await stat(output)).isDirectory()) {
    throw new UsageError(
      'BAD_OPTION',
      `-o ${output}: it is a folder; give a file in it, such as ${join(output, 'features.npy')}`,
    )
  }
  if (overwrite && !isTask) await removeShards(folder)
  if (existsSync(output) && !overwrite && !resume) throw refusal(output)
  // tasks of one array find the shards of each other there
  if (existsSync(join(folder, manifestFile)) && !resume && !isTask) {
    throw new UsageError('UNFINISHED', `'${folder}' holds an unfinished run: --resume goes on, --overwrite begins anew`)
  }
  await removeLeftovers(output)
}

const refusal = (output: string): UsageError =>
  new UsageError('EXISTS', `-o ${output}: it is there already; give --overwrite, or another name`)

/** The plan goes first: what is left by one that is killed here is no run any more. */
async function removeShards(folder: string): Promise<void> {
  await rm(join(folder, manifestFile), { force: true })
  await rm(folder, { recursive: true, force: true })
}

/** Files beside the output that a process left which was killed as it wrote. */
async function removeLeftovers(output: string): Promise<void> {
  const folder = dirname(output)
  const own = [basename(output), basename(tableFile(output))]
  for (const name of await readdir(folder)) {
    const [, of, pid] = /^(.*)\.(\d+)-[0-9a-f]{8}\.tmp$/.exec(name) ?? []
    if (of !== undefined && own.includes(of) && !isRunning(Number(pid))) await rm(join(folder, name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}

/** What the work took. */
interface Work {
  readonly items: number
  readonly seconds: number
  /** Share of the threads' time that went into reading and decoding. */
  readonly readingShare: number
}

/** Computes the shards that are not finished; null if it was interrupted. */
async function compute(
  plan: Manifest,
  own: readonly number[],
  { noun, quiet, threads }: { readonly noun: string; readonly quiet: boolean; readonly threads: number },
  output: string,
): Promise<Work | null> {
  const left = await remaining(plan, own)
  const total = own.length === shardsOf(plan) ? plan.count : Math.min(plan.count, own.length * plan.shardSize)
  const progress = progressOf({ noun, total, done: left.finishedItems, quiet })
  const started = performance.now()
  let [items, reading] = [0, 0]
  try {
    await interruptible((signal) =>
      runShards(plan, left.shards, {
        threads,
        signal,
        onProgress: (step) => {
          items += step.items
          reading += step.reading
          progress.advance(step.items)
        },
      }),
    )
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    progress.close()
    interrupted(output)
    return null
  } finally {
    progress.close()
  }
  const seconds = (performance.now() - started) / 1000
  const used = Math.max(1, Math.min(threads, left.shards.length))
  return { items, seconds, readingShare: items === 0 ? 0 : reading / (seconds * used) }
}

function interruptedOrThrow(error: unknown): null {
  if (error instanceof Interrupted) return null
  throw error
}

function interrupted(output: string): number {
  process.stderr.write(`Interrupted. The same command with --resume goes on (-o ${output}).\n`)
  return exitCodes.interrupted
}

async function unreadableOf(plan: Manifest, shards: readonly number[]): Promise<Merged['unreadable']> {
  const all = []
  for (const shard of shards) for (const each of (await recordOf(plan, shard))?.unreadable ?? []) all.push(each)
  return all
}

const say = (line: string, json: true | undefined): void => {
  if (!json) process.stderr.write(`${line}\n`)
}

async function conclude(
  merged: Merged,
  plan: Manifest,
  { json, dtype, work }: { json: true | undefined; dtype: string; work?: Work },
): Promise<void> {
  const { output, table, shape, unreadable, sha256, isCompared } = merged
  if (!isCompared)
    process.stderr.write(`'${plan.input}' is not to be seen from here: whether files have changed was not looked at\n`)
  if (json) {
    process.stdout.write(`${JSON.stringify({ output, table, shape, dtype, sha256, unreadable, ...work })}\n`)
    return
  }
  const { size } = await stat(output)
  process.stdout.write(`${output}: ${shape.map(grouped).join(' × ')} of ${dtype}, ${megabytes(size)}\n`)
  process.stdout.write(`${table}: what each coefficient is, and the names of the rows\n`)
  if (work && work.items > 0) {
    const { items, seconds, readingShare } = work
    const pace = `${paceOf(items / seconds)} a second, ${Math.round(100 * readingShare)} % of it reading and decoding`
    process.stdout.write(`${grouped(items)} ${nounOf(plan)} in ${duration(seconds)}: ${pace}\n`)
  }
  listUnreadable(unreadable)
}

const megabytes = (bytes: number): string =>
  bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
