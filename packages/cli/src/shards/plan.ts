// Makes the plan of a run and leaves it in the folder of its shards, so that any number of processes find the same.
import { mkdir, rmdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { reference } from '@scatterlab/tensor'
import { UsageError } from '../errors.ts'
import type { InputOptions, Items } from '../inputs/items.ts'
import { listInput } from '../inputs/listing.ts'
import { openItems } from '../inputs/open-items.ts'
import type { Computing } from '../transform/back-ends.ts'
import { featureMaker } from '../transform/features.ts'
import { type Kind, type TransformOptions, isOfImages } from '../transform/settings.ts'
import { type Manifest, hashOf, manifestFile, readManifest } from './manifest.ts'
import { writeWhole } from './whole-file.ts'

/** What is asked for. */
export interface PlanOptions {
  /** The folder of the shards. */
  readonly folder: string
  /** Default: that of the input, `2d` for images and `1d` for sounds. */
  readonly kind?: Kind
  /** Options of the transform by the names of the command, such as `scales` or `q`; what is left out has the transform's own default. */
  readonly transform: TransformOptions
  /** How files become items: size, colour, length, sample rate. */
  readonly reading: InputOptions
  /** Who computes, and whether with the same bits on every machine. */
  readonly computing: Computing
}

/** So many shards or fewer, unless they become large. */
const SHARDS = 64
const MOST_ITEMS = 1024

/** Items of a shard: the same on every machine, whatever its processors. */
const defaultSize = (count: number): number => Math.min(MOST_ITEMS, Math.max(16, Math.ceil(count / SHARDS / 16) * 16))

/**
 * Lists the input, checks the options and leaves manifest.json in the folder. Shards that are there already stay, if they are of the same
 * input and options. Throws {@link UsageError}, `OTHER_RUN` if they are not; and ValueError for options that do not fit.
 */
export async function planShards(input: string, options: PlanOptions, size?: number): Promise<Manifest> {
  const { folder, transform, reading, computing } = options
  const listing = await listInput(resolve(input))
  const { kind, settings, count, rowShape, rate, items } = await settle(listing, options)
  const plan = {
    folder,
    input: listing.folder,
    version: 1 as const,
    kind: listing.kind,
    files: listing.files,
    reading,
    settings: { ...settings, kind, options: { ...transform, ...(rate !== undefined && { rate }) } },
    computing,
    count,
    shardSize: size ?? defaultSize(count),
    rowShape,
  }
  const manifest = { ...plan, hash: hashOf(plan) }
  try {
    await refuseOthers(manifest)
    await items.prepare?.()
    await leave(manifest)
  } catch (error) {
    await rmdir(folder).catch(() => {}) // if nothing is in it
    throw error
  } finally {
    await items.close()
  }
  return manifest
}

interface Settled extends Pick<Manifest, 'count' | 'rowShape'> {
  readonly kind: Kind
  readonly settings: { readonly size: readonly number[]; readonly channels: number }
  readonly rate: number | undefined
  /** Open. */
  readonly items: Items
}

/** Opens the input and makes the transform once: what does not fit is said before any work. */
async function settle(
  listing: Awaited<ReturnType<typeof listInput>>,
  { kind: asked, transform, reading, folder }: PlanOptions,
): Promise<Settled> {
  const kind = asked ?? (listing.kind === 'sounds' ? '1d' : '2d')
  if (
    (listing.kind === 'sounds' && isOfImages(kind)) ||
    (!isOfImages(kind) && !['sounds', 'array'].includes(listing.kind))
  ) {
    throw new UsageError(
      'BAD_OPTION',
      `--transform ${kind} is not for ${listing.kind}: give ${listing.kind === 'sounds' ? '1d or joint' : '2d or roto-translation'}`,
    )
  }
  const items = await openItems(listing, reading, { ofImages: isOfImages(kind), folder })
  try {
    const { size, channels, count, rate = transform.rate } = items
    const maker = featureMaker({ kind, size, channels, options: transform }, reference)
    maker.close()
    return { kind, count, rowShape: maker.rowShape, settings: { size, channels }, rate, items }
  } catch (error) {
    await items.close()
    throw error
  }
}

/** Throws `OTHER_RUN` where the folder has shards of another plan. */
async function refuseOthers({ folder, hash }: Manifest): Promise<void> {
  const isThere = await stat(join(folder, manifestFile)).then(
    () => true,
    () => false,
  )
  if (!isThere || (await readManifest(folder)).hash === hash) return
  throw new UsageError(
    'OTHER_RUN',
    `'${folder}' holds shards of other inputs or options: remove it, or give another -o`,
  )
}

/** Two processes that plan at once leave the same bytes. */
async function leave({ folder, ...kept }: Manifest): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeWhole(join(folder, manifestFile), async (handle) => handle.writeFile(JSON.stringify(kept)))
}
