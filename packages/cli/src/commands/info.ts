// `scatterlab info`: what a file or folder is, in a few lines or as JSON.
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { openArray } from '../formats/read-array.ts'
import { listInput } from '../inputs/listing.ts'
import { aboutOf } from '../models/model-file.ts'
import { itemsOf, manifestFile, readManifest, shardsOf } from '../shards/manifest.ts'
import { recordOf } from '../shards/record.ts'
import { tableFile } from '../shards/table.ts'

/** Facts by name. */
type Facts = Readonly<Record<string, unknown>>

/** Prints them, and gives the exit code. */
export async function info(path: string, { json }: { readonly json?: true }): Promise<number> {
  const facts = await factsOf(path)
  if (json) process.stdout.write(`${JSON.stringify(facts)}\n`)
  else for (const [name, value] of Object.entries(facts)) process.stdout.write(`${name.padEnd(12)} ${inWords(value)}\n`)
  return exitCodes.done
}

async function factsOf(path: string): Promise<Facts> {
  const found = await stat(path).catch((cause: Error) => {
    throw new UsageError('NO_SUCH_INPUT', `there is no '${path}' (${cause.message})`, { cause })
  })
  if (found.isDirectory()) return existsSync(join(path, manifestFile)) ? shards(path) : input(path)
  if (/\.safetensors$/i.test(path)) return { kind: 'model', ...aboutOf(new Uint8Array(await readFile(path)), path) }
  const made = existsSync(tableFile(path)) ? await table(tableFile(path)) : {}
  if (/\.np[yz]$/i.test(path)) {
    const source = await openArray(path)
    await source.close()
    return { kind: 'array', shape: source.shape, type: source.type, bytes: found.size, ...made }
  }
  if (/\.json$/i.test(path)) return table(path)
  if (Object.keys(made).length > 0) return { kind: 'features', bytes: found.size, ...made }
  return input(path)
}

async function table(file: string): Promise<Facts> {
  const { shape, dtype, axes, transform, reading, paths, unreadable, plan } = JSON.parse(
    await readFile(file, 'utf8'),
  ) as Record<string, unknown>
  if (!Array.isArray(paths)) return {}
  const left = Array.isArray(unreadable) ? unreadable.length : 0
  return { shape, type: dtype, axes, transform, reading, paths: paths.length, unreadable: left, plan }
}

async function shards(folder: string): Promise<Facts> {
  const plan = await readManifest(folder)
  let [finished, items, unreadable] = [0, 0, 0]
  for (let shard = 0; shard < shardsOf(plan); shard++) {
    const record = await recordOf(plan, shard)
    if (!record) continue
    finished++
    const [begin, end] = itemsOf(plan, shard)
    items += end - begin
    unreadable += record.unreadable.length
  }
  const { input: from, kind, count, settings, rowShape, hash } = plan
  return {
    kind: 'shards',
    of: `${from} (${kind})`,
    shards: shardsOf(plan),
    finished,
    items: count,
    done: items,
    unreadable,
    row: rowShape,
    transform: settings,
    plan: hash,
  }
}

async function input(path: string): Promise<Facts> {
  const { kind, files, passedOver } = await listInput(path)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const classes = new Set(files.flatMap(({ name }) => (name.includes('/') ? [name.slice(0, name.indexOf('/'))] : [])))
  return { kind, files: files.length, bytes, folders: classes.size, passedOver }
}

const inWords = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? JSON.stringify(value).replaceAll(',', ', ').replaceAll('"', '')
    : String(value)
