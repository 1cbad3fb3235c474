// What is kept beside the numbers of a finished shard. A shard is finished when its record is there: it is written last.
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Unreadable } from '../inputs/items.ts'
import { type Manifest, itemsOf, rowLength } from './manifest.ts'

/** The record of a shard. */
export interface ShardRecord {
  /** Hash of the plan that it is a part of. */
  readonly plan: string
  readonly shard: number
  /** Names of its rows. */
  readonly names: readonly string[]
  readonly unreadable: readonly Unreadable[]
  /** SHA-256 of its numbers. */
  readonly numbers: string
  /** SHA-256 of all that was read for it. */
  readonly content: string
  /** Digest of sizes and times of last change of its files: if it is the same, their content need not be read to know it. */
  readonly files: string
}

const numbered = (shard: number): string => String(shard).padStart(6, '0')

/** The numbers of a shard: 32-bit floats, little-endian, row by row. */
export const numbersFile = ({ folder }: Manifest, shard: number): string => join(folder, `${numbered(shard)}.f32`)

/** Its record. */
export const recordFile = ({ folder }: Manifest, shard: number): string => join(folder, `${numbered(shard)}.json`)

/** The files of a shard by their sizes and times. Sets and arrays are one file, which all shards share. */
export function filesDigest(plan: Manifest, shard: number): string {
  const [begin, end] = itemsOf(plan, shard)
  return digestOf(plan.files.length === plan.count ? plan.files.slice(begin, end) : plan.files)
}

/** A digest of names, sizes and times. */
export const digestOf = (files: Manifest['files']): string =>
  createHash('sha256').update(JSON.stringify(files)).digest('hex')

/** The record of a finished shard of this plan, or undefined. Its numbers are all there; that they are right, `mergeShards` checks. */
export async function recordOf(plan: Manifest, shard: number): Promise<ShardRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(recordFile(plan, shard), 'utf8')) as ShardRecord
    const { size } = await stat(numbersFile(plan, shard))
    const isWhole = size === record.names.length * rowLength(plan) * 4
    return record.plan === plan.hash && record.shard === shard && isWhole ? record : undefined
  } catch {
    return undefined
  }
}
