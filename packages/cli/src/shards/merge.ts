// Joins finished shards to one file, and says beside it what its numbers are. Memory holds a block of rows at a time.
import { createHash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { reference } from '@scatterlab/tensor'
import { CliError } from '../errors.ts'
import { openWriter } from '../formats/open-writer.ts'
import type { OutputFormat } from '../formats/feature-writer.ts'
import type { Unreadable } from '../inputs/items.ts'
import { featureMaker } from '../transform/features.ts'
import { columnNames } from './column-names.ts'
import { contentOf, refuseChanged } from './contents.ts'
import { type Manifest, rowLength, shardsOf } from './manifest.ts'
import { type ShardRecord, digestOf, numbersFile, recordFile, recordOf } from './record.ts'
import { tableFile, writeTable } from './table.ts'
import { besides, moveInto, notWritten } from './whole-file.ts'

/** What the whole is written as. */
export interface MergeOptions {
  /** `npy`, `npz`, `parquet` or `arrow`. */
  readonly format: OutputFormat
  /** Element type of the file. Shards hold `float32`; for `float16` numbers are rounded here. */
  readonly dtype: 'float32' | 'float16'
  /** Parquet and Arrow: a column a path, or one column of lists. */
  readonly columns: 'path' | 'list'
  /** Ends it; no output is left then, and the shards stay. */
  readonly signal?: AbortSignal | undefined
}

/** What was written. */
export interface Merged {
  /** The path of the file that was written. */
  readonly output: string
  /** The file that says what the numbers are. */
  readonly table: string
  /** [rows, paths, …]. */
  readonly shape: readonly number[]
  /** The inputs that could not be read and are left out, by name, each with the reason. */
  readonly unreadable: readonly Unreadable[]
  /** SHA-256 of the output. */
  readonly sha256: string
  /** Whether the files of the input were there, to be compared with what was computed of them. */
  readonly isCompared: boolean
}

/** About so many numbers are read at once. */
const BLOCK = 2 ** 20

/**
 * Writes all shards to `output`, whole or not at all, and its table beside it. Throws {@link CliError}: `UNFINISHED` where shards are missing,
 * `CHANGED` where files are no longer what was computed,
 * `DAMAGED` for one whose numbers are not those that were written (its record is removed, so that it is computed again),
 * `NOT_WRITTEN`.
 */
export async function mergeShards(plan: Manifest, output: string, options: MergeOptions): Promise<Merged> {
  const records = await allRecords(plan)
  const isCompared = await refuseChanged(plan, records)
  const rows = records.reduce((sum, { names }) => sum + names.length, 0)
  const shape = [rows, ...plan.rowShape] as const
  const maker = featureMaker(plan.settings, reference)
  maker.close()
  const named = options.format !== 'npy'
  const columns = options.columns === 'path' ? { columns: columnNames(maker.paths, plan) } : {}
  const unfinished = besides(output)
  const { format, dtype, signal } = options
  try {
    const writer = await openWriter(unfinished, { format, dtype, shape, names: named, ...columns })
    try {
      for (const record of records) {
        signal?.throwIfAborted()
        await copyShard(plan, record, async (numbers, names) => writer.write(numbers, ...(named ? [names] : [])))
      }
      await writer.close()
    } catch (error) {
      await writer.abort()
      throw error
    }
    const sha256 = await hashOfFile(unfinished)
    const unreadable = records.flatMap((record) => record.unreadable)
    const table = tableFile(output)
    const { hash, kind, settings, reading } = plan
    const content = contentOf(records.map((record) => record.content))
    const files = digestOf(plan.files)
    const head = { plan: hash, content, files, input: kind, shape, dtype, transform: settings, reading }
    await writeTable(table, head, { paths: maker.paths, unreadable, names: names(records) })
    await moveInto(unfinished, output)
    return { output, table, shape, unreadable, sha256, isCompared }
  } catch (error) {
    await rm(unfinished, { force: true })
    throw notWritten(output, error)
  }
}

async function allRecords(plan: Manifest): Promise<ShardRecord[]> {
  const records: ShardRecord[] = []
  const missing: number[] = []
  for (let shard = 0; shard < shardsOf(plan); shard++) {
    const record = await recordOf(plan, shard)
    if (record) records.push(record)
    else missing.push(shard)
  }
  if (missing.length === 0) return records
  const which = missing.slice(0, 5).join(', ') + (missing.length > 5 ? ', …' : '')
  throw new CliError(
    'UNFINISHED',
    `${missing.length} of ${shardsOf(plan)} shards in '${plan.folder}' are not finished (${which}): run them, then merge`,
  )
}

/** The rows of a shard block by block; its hash is known at its end, before anything of the output has its name. */
async function copyShard(
  plan: Manifest,
  record: ShardRecord,
  write: (numbers: Float32Array, names: readonly string[]) => Promise<void>,
): Promise<void> {
  const { shard, names, numbers: expected } = record
  const each = rowLength(plan)
  const step = Math.max(1, Math.floor(BLOCK / each))
  const hash = createHash('sha256')
  const file = await open(numbersFile(plan, shard))
  try {
    for (let at = 0; at < names.length; at += step) {
      const some = names.slice(at, at + step)
      const numbers = new Float32Array(some.length * each)
      const bytes = new Uint8Array(numbers.buffer)
      await readAll(file, bytes)
      hash.update(bytes)
      await write(numbers, some)
    }
  } finally {
    await file.close()
  }
  if (hash.digest('hex') === expected) return
  await rm(recordFile(plan, shard), { force: true })
  throw new CliError(
    'DAMAGED',
    `shard ${shard} in '${plan.folder}' is damaged: run again with --resume, which computes it anew`,
  )
}

async function readAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at)
    if (bytesRead === 0) return // what is missing makes the hash another
    at += bytesRead
  }
}

async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path)
  try {
    for await (const bytes of file.createReadStream({ autoClose: false })) hash.update(bytes as Uint8Array)
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}

function* names(records: readonly ShardRecord[]): Generator<string> {
  for (const record of records) yield* record.names
}
