// Features with their names and labels: of a file that `transform` wrote, or computed of images, sounds and sets on the way.
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'
import { readArray } from '../formats/read-array.ts'
import type { InputOptions, Unreadable } from '../inputs/items.ts'
import { interruptible } from '../interrupt.ts'
import { progressOf } from '../progress.ts'
import { rowLength, shardsOf } from '../shards/manifest.ts'
import { planShards } from '../shards/plan.ts'
import { runShards } from '../shards/pool.ts'
import { numbersFile, recordOf } from '../shards/record.ts'
import { tableFile } from '../shards/table.ts'
import type { Computing } from '../transform/back-ends.ts'
import { type Kind, type Settings, type TransformOptions, isOfImages } from '../transform/settings.ts'

/** How features are made of what is none yet: Φ. */
export interface Phi {
  readonly kind?: Kind
  readonly transform: TransformOptions
  readonly reading: InputOptions
  readonly computing: Computing
}

/** Rows of features. */
export interface NamedFeatures {
  readonly data: Float32Array
  readonly shape: readonly number[]
  readonly names: readonly string[]
  readonly unreadable: readonly Unreadable[]
  /** How they were made, where that is known. */
  readonly phi: Phi | undefined
}

/** How they are computed. */
export interface FeatureRun {
  readonly quiet: boolean
  readonly threads: number
}

/** Reads or computes the features of `input`. Throws {@link UsageError}. */
export async function featuresOf(input: string, phi: Phi, run: FeatureRun): Promise<NamedFeatures> {
  const isArray = /\.np[yz]$/i.test(input)
  if (isArray && existsSync(tableFile(input))) return written(input)
  return computed(input, phi, run)
}

async function written(input: string): Promise<NamedFeatures> {
  const { shape, data } = await readArray(input)
  const table = JSON.parse(await readFile(tableFile(input), 'utf8')) as {
    readonly names?: readonly string[]
    readonly transform?: Settings
    readonly reading?: InputOptions
  }
  const { names, transform, reading } = table
  if (names?.length !== shape[0] || !transform || !reading) {
    throw new UsageError('NO_TABLE', `${tableFile(input)} is not the table of '${input}': write both anew by transform`)
  }
  const phi = {
    kind: transform.kind,
    transform: transform.options,
    reading: fixed(reading, transform),
    computing: { backend: 'wasm', deterministic: false },
  } as const
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), shape, names, unreadable: [], phi }
}

/** By shards in a folder of their own, which is removed. */
async function computed(input: string, phi: Phi, { quiet, threads }: FeatureRun): Promise<NamedFeatures> {
  const folder = await mkdtemp(join(tmpdir(), 'scatterlab-'))
  try {
    const plan = await planShards(input, { folder, ...phi })
    const shards = Array.from({ length: shardsOf(plan) }, (_, i) => i)
    const progress = progressOf({ noun: 'features', total: plan.count, quiet })
    try {
      await interruptible((signal) =>
        runShards(plan, shards, {
          threads,
          signal,
          onProgress: ({ items }) => progress.advance(items),
        }),
      )
    } finally {
      progress.close()
    }
    const each = rowLength(plan)
    const all = new Float32Array(plan.count * each)
    const [names, unreadable]: [string[], Unreadable[]] = [[], []]
    for (const shard of shards) {
      const record = await recordOf(plan, shard)
      if (!record) throw new Error(`shard ${shard} is gone`)
      const bytes = await readFile(numbersFile(plan, shard))
      new Uint8Array(all.buffer).set(bytes, names.length * each * 4)
      for (const name of record.names) names.push(name)
      for (const file of record.unreadable) unreadable.push(file)
    }
    const data = all.subarray(0, names.length * each)
    const own = {
      ...phi,
      kind: plan.settings.kind,
      reading: fixed(phi.reading, plan.settings),
    }
    return { data, shape: [names.length, ...plan.rowShape], names, unreadable, phi: own }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Later inputs are brought to the size, and sounds to the rate, that these have. */
function fixed(
  reading: InputOptions,
  { kind, size, options: { rate } }: Pick<Settings, 'kind' | 'size' | 'options'>,
): InputOptions {
  if (isOfImages(kind)) return { ...reading, size: [size[0], size[1]] }
  return { ...reading, length: size[0], ...(rate !== undefined && { rate }) }
}

/**
 * The label of each row: what stands before the first slash of its name, the folder of a class; or the lines of `file`. Throws
 * {@link UsageError} `NO_LABELS`.
 */
export async function labelsOf(names: readonly string[], file?: string): Promise<readonly string[]> {
  if (file !== undefined) {
    const lines = /\.npy$/i.test(file)
      ? Array.from((await readArray(file)).data, String)
      : (await readFile(file, 'utf8')).replace(/\r?\n$/, '').split(/\r?\n/)
    if (lines.length === names.length) return lines
    throw new UsageError(
      'NO_LABELS',
      `--labels ${file}: ${lines.length} labels for ${names.length} rows; give one for each`,
    )
  }
  const without = names.find((name) => !name.includes('/'))
  if (without !== undefined) {
    throw new UsageError(
      'NO_LABELS',
      `'${without}' has no label: lay the files out in a folder for each class, or give --labels FILE with a line for each row`,
    )
  }
  return names.map((name) => name.slice(0, name.indexOf('/')))
}
