// Computes one shard: reads its items, transforms them block by block, and leaves numbers and record on the disk.
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { Items } from '../inputs/items.ts'
import { openItems } from '../inputs/open-items.ts'
import { backEnd } from '../transform/back-ends.ts'
import { type FeatureMaker, featureMaker } from '../transform/features.ts'
import { isOfImages } from '../transform/settings.ts'
import { type Manifest, itemsOf, rowLength } from './manifest.ts'
import { type ShardRecord, filesDigest, numbersFile, recordFile, recordOf } from './record.ts'
import { writeWhole } from './whole-file.ts'

/** How far a shard is. */
export interface ShardProgress {
  /** Items since the last call. */
  readonly items: number
  /** Seconds of them that went into reading and decoding. */
  readonly reading: number
}

/** How a shard is run. */
export interface ShardRun {
  /** Ends it before its next block; nothing of it is left. */
  readonly signal?: AbortSignal | undefined
  /** Called after each block of items. */
  readonly onProgress?: (progress: ShardProgress) => void
  /** Threads of the back end; default 1. */
  readonly threads?: number
}

interface Engine {
  readonly items: Items
  readonly maker: FeatureMaker
}

const engines = new WeakMap<Manifest, Promise<Engine>>()

/** Numbers that a block and its features take together, at most. */
const BLOCK = 2 ** 22
/** Images that a back end carries side by side. */
const LANES = 4

/**
 * Computes a shard, unless it is finished, and gives the path of its record. The same plan gives the same bytes, so that two who compute
 * one shard at once do no harm. Rejects with the signal's reason, {@link UsageError} `SIZE`, or {@link CliError} `NOT_WRITTEN`.
 */
export async function runShard(plan: Manifest, shard: number, run: ShardRun = {}): Promise<string> {
  if (!(await isFinished(plan, shard))) await compute(plan, shard, run)
  return recordFile(plan, shard)
}

/**
 * Whether a shard is finished, of files as the plan has listed them: whose times have changed are read again and compared. The record of a
 * shard of other contents is removed, so that nobody takes it for finished.
 */
export async function isFinished(plan: Manifest, shard: number): Promise<boolean> {
  const record = await recordOf(plan, shard)
  if (!record) return false
  if (record.files === filesDigest(plan, shard)) return true
  if ((await contentOfShard(plan, shard)) === record.content) return true
  await rm(recordFile(plan, shard), { force: true })
  return false
}

/** SHA-256 of all that is read for a shard. */
export async function contentOfShard(plan: Manifest, shard: number): Promise<string> {
  const content = createHash('sha256')
  const { items } = await engineOf(plan, 1)
  const [begin, end] = itemsOf(plan, shard)
  await items.read(begin, end, (bytes) => content.update(bytes))
  return content.digest('hex')
}

/** Gives back what `runShard` keeps open for a plan. */
export async function closeShards(plan: Manifest): Promise<void> {
  const engine = await engines.get(plan)
  engines.delete(plan)
  engine?.maker.close()
  await engine?.items.close()
}

function engineOf(plan: Manifest, threads: number): Promise<Engine> {
  const known = engines.get(plan)
  if (known) return known
  const opening = (async () => {
    const { kind, input, files, reading, settings, computing } = plan
    const { size } = settings
    const known = { size, ...(settings.options.rate !== undefined && { rate: settings.options.rate }) }
    const items = await openItems({ kind, folder: input, files }, reading, {
      ofImages: isOfImages(settings.kind),
      known,
      folder: plan.folder,
    })
    return { items, maker: featureMaker(settings, backEnd(computing, threads)) }
  })()
  engines.set(plan, opening)
  return opening
}

async function compute(plan: Manifest, shard: number, { signal, onProgress, threads = 1 }: ShardRun): Promise<void> {
  const { items, maker } = await engineOf(plan, threads)
  const [begin, end] = itemsOf(plan, shard)
  const fitting = Math.floor(BLOCK / (maker.inputLength + rowLength(plan)) / LANES) * LANES
  const step = Math.min(256, Math.max(LANES, fitting))
  const [numbers, content] = [createHash('sha256'), createHash('sha256')]
  const names: string[] = []
  const unreadable: ShardRecord['unreadable'][number][] = []
  await writeWhole(numbersFile(plan, shard), async (file) => {
    for (let at = begin; at < end; at += step) {
      signal?.throwIfAborted()
      const started = performance.now()
      const block = await items.read(at, Math.min(end, at + step), (bytes) => content.update(bytes))
      const reading = (performance.now() - started) / 1000
      if (block.names.length > 0) {
        const rows = maker.rows(block.data)
        const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)
        numbers.update(bytes)
        await writeAll(file, bytes)
      }
      // one by one: a block may hold more than an argument list takes
      for (const name of block.names) names.push(name)
      for (const each of block.unreadable) unreadable.push(each)
      onProgress?.({ items: Math.min(end, at + step) - at, reading })
    }
  })
  const record: ShardRecord = {
    plan: plan.hash,
    shard,
    names,
    unreadable,
    numbers: numbers.digest('hex'),
    content: content.digest('hex'),
    files: filesDigest(plan, shard),
  }
  const text = JSON.stringify(record)
  await writeWhole(recordFile(plan, shard), async (file) => writeAll(file, new TextEncoder().encode(text)))
}

async function writeAll(
  file: { write(bytes: Uint8Array): Promise<{ bytesWritten: number }> },
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes.subarray(at))).bytesWritten
}
