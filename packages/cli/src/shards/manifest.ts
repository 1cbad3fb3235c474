// The plan of a run: what is read, what is computed of it, and where it is cut. It lies in the folder of the shards.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from '../errors.ts'
import type { InputOptions } from '../inputs/items.ts'
import type { ListedFile, Listing } from '../inputs/listing.ts'
import type { Computing } from '../transform/back-ends.ts'
import type { Settings } from '../transform/settings.ts'

/** The plan. All but the first two and the times of last change is in the hash. */
export interface Manifest {
  /** The folder of the shards. */
  readonly folder: string
  /** The folder of the input; another machine may have it elsewhere. */
  readonly input: string
  /** Of the form of this file. */
  readonly version: 1
  /** SHA-256 of the names and sizes of all files and of every option: what tells runs apart. What is in the files, each shard's record has a hash of. */
  readonly hash: string
  /** What the input was taken for: `images`, `sounds`, `idx`, `cifar10` or `array`. */
  readonly kind: Listing['kind']
  /** The files of the input in the order in which they are read: path below its folder, bytes, time of last change. */
  readonly files: readonly ListedFile[]
  /** How files become items: size, colour, length, sample rate. */
  readonly reading: InputOptions
  /** The transform: its kind, the size and channels of an item, its options. */
  readonly settings: Settings
  /** Who computes, and whether with the same bits on every machine. */
  readonly computing: Computing
  /** Items of the input. */
  readonly count: number
  /** Items of a shard; the last has what is left. */
  readonly shardSize: number
  /** Shape of a row of features. */
  readonly rowShape: readonly number[]
}

/** How many shards there are. */
export const shardsOf = ({ count, shardSize }: Pick<Manifest, 'count' | 'shardSize'>): number =>
  Math.ceil(count / shardSize)

/** First item of a shard, and the one behind its last. */
export const itemsOf = ({ count, shardSize }: Manifest, shard: number): readonly [begin: number, end: number] => [
  shard * shardSize,
  Math.min(count, (shard + 1) * shardSize),
]

/** Numbers of a row. */
export const rowLength = ({ rowShape }: Pick<Manifest, 'rowShape'>): number =>
  rowShape.reduce((product, n) => product * n, 1)

/** The hash of a plan. */
export function hashOf(plan: Omit<Manifest, 'hash'>): string {
  const files = plan.files.map(({ name, bytes }) => [name, bytes])
  // where folders lie and when files have changed makes no other run
  const own = Object.entries(plan).filter(([key]) => !['folder', 'input', 'files', 'hash'].includes(key))
  return createHash('sha256')
    .update(JSON.stringify([sorted(Object.fromEntries(own)), files]))
    .digest('hex')
}

/** The same with the keys of every record in order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, own]) => [key, sorted(own)]))
}

/** The name of the plan's file in a folder of shards. */
export const manifestFile = 'manifest.json'

/** The plan in a folder of shards. Throws {@link CliError} `NO_MANIFEST` where there is none, `DAMAGED` for one that is cut or changed. */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, manifestFile)
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new CliError(
      'NO_MANIFEST',
      `'${folder}' holds no shards (${cause.message}): give the folder that ends in .parts`,
      { cause },
    )
  })
  try {
    const plan = { ...(JSON.parse(text) as Manifest), folder }
    if (plan.version === 1 && hashOf(plan) === plan.hash) return plan
  } catch {
    // said below
  }
  throw new CliError('DAMAGED', `${file} is damaged: remove '${folder}' and run again`)
}
