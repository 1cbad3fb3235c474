// Whether what was computed is of the files as they are now. Sizes and times of last change tell for most; the others are read and compared.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { CliError } from '../errors.ts'
import { listedNow } from '../inputs/listing.ts'
import { type Manifest, shardsOf } from './manifest.ts'
import { type ShardRecord, digestOf, filesDigest } from './record.ts'
import { closeShards, contentOfShard, isFinished } from './run-shard.ts'
import { tableFile } from './table.ts'

/** SHA-256 of all that was read, of the hashes of the shards in order. */
export function contentOf(shards: Iterable<string>): string {
  const content = createHash('sha256')
  for (const each of shards) content.update(each)
  return content.digest('hex')
}

/**
 * Throws {@link CliError} `CHANGED` if files have changed since their shard was computed; the records of those shards are removed. Gives false
 * if the input is not to be seen from here, so that nothing was compared.
 */
export async function refuseChanged(plan: Manifest, records: readonly ShardRecord[]): Promise<boolean> {
  const files = await listedNow(plan.input, plan.files)
  if (files === undefined) return false
  const now = { ...plan, files }
  const changed: number[] = []
  try {
    for (const { shard, files: of } of records)
      if (of !== filesDigest(now, shard) && !(await isFinished(now, shard))) changed.push(shard)
  } finally {
    await closeShards(now)
  }
  if (changed.length === 0) return true
  const which = changed.slice(0, 5).join(', ') + (changed.length > 5 ? ', …' : '')
  throw new CliError(
    'CHANGED',
    `files of ${changed.length} of ${shardsOf(plan)} shards in '${plan.folder}' have changed since they were computed (${which}): run again with ` +
      '--resume, which computes those anew',
  )
}

/** Whether the table of a finished output says that it is of this plan, and of the files as they are. */
export async function isOf(output: string, plan: Manifest): Promise<boolean> {
  const table = await readFile(tableFile(output), 'utf8').catch(() => '')
  const says = (what: string, hash: string): boolean => table.includes(`"${what}": "${hash}"`)
  if (!says('plan', plan.hash)) return false
  if (says('files', digestOf(plan.files))) return true
  const shards: string[] = []
  for (let shard = 0; shard < shardsOf(plan); shard++) shards.push(await contentOfShard(plan, shard))
  await closeShards(plan)
  return says('content', contentOf(shards))
}
