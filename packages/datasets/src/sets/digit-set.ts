// The digits of MNIST, or of a set in its form, from a folder, the cache, or the network, in this order.

import { cachedFile, cachedFileOptions, decodePublished, mostOf } from '../files/cached-file.ts'
import { checkOptions } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'
import { loadRules } from '../rules.ts'
import { digitsOf, SIDE, type NamedFile } from './digit-files.ts'
import { filesInFolder } from '../folders/folder-files.ts'
import { gunzip, isGzip, MAX_BYTES } from '../files/gzip.ts'
import type { GreyShape } from './image-set.ts'
import { idxHeader } from './idx.ts'
import { sourceOf, type LoadedSet, type LoadOptions } from './load-options.ts'
import { sha256 } from '../files/sha256.ts'

/** A published file: gzip under its name on every mirror, known by the length and the SHA-256 of what it holds. */
export interface PublishedFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** The four published files of a set in MNIST's form, and where they are published. */
export interface DigitSet {
  readonly title: string
  /** Folder in a data folder and in the cache. */
  readonly directory: string
  readonly mirrors: readonly string[]
  readonly files: Readonly<Record<Role, PublishedFile>>
}

type Role = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels'

/** The files of a set, decompressed. */
interface DigitFiles {
  readonly files: Readonly<Record<Role, NamedFile>>
  readonly canonical: boolean
  readonly origin: string
}

// More labels than any set in this form has. Images may take 64 MB, or what belongs to the labels, whichever is more.
const MOST_LABELS = 2 ** 24
const ENOUGH_PIXELS = 2 ** 26

// The small files first: what is wrong shows early.
const ROLES: readonly Role[] = ['trainLabels', 'testLabels', 'testImages', 'trainImages']

/** The digits of `set`; throws what mnist() throws. */
export async function loadDigits(set: DigitSet, given: LoadOptions = {}): Promise<LoadedSet<GreyShape>> {
  const options = checkOptions(set.title, given, loadRules)
  const { files, canonical, origin } = (await fromFolder(set, options)) ?? (await fromCacheOrMirrors(set, options))
  const train = digitsOf(files.trainImages, files.trainLabels)
  const test = digitsOf(files.testImages, files.testLabels)
  return { train, test, canonical, source: sourceOf(set.title, canonical, { train, test }, origin) }
}

async function fromFolder(set: DigitSet, options: LoadOptions): Promise<DigitFiles | undefined> {
  const found = await filesInFolder(
    {
      title: set.title,
      places: [set.directory, '.', 'MNIST/raw'],
      names: forEachRole((role) => fileNames(set.files[role].name)),
      ways: waysToGet(set),
      limit: digitBytesUpTo(MAX_BYTES),
    },
    options,
  )
  if (!found) return undefined
  let [canonical, most] = [true, ENOUGH_PIXELS]
  const files = await forEachRoleInTurn(async (role) => {
    const { path, bytes } = found.files[role]
    const content = isGzip(bytes) ? await gunzip(bytes, path, digitBytesUpTo(most)) : bytes
    most = Math.max(most, content.length * SIDE * SIDE)
    canonical &&= (await sha256(content)) === set.files[role].sha256
    return { name: path, bytes: content }
  })
  return { files, canonical, origin: `from the folder ${found.folder}` }
}

async function fromCacheOrMirrors(set: DigitSet, options: LoadOptions): Promise<DigitFiles> {
  const source = cachedFileOptions(options, set)
  const origins = new Set<string>()
  const files = await forEachRoleInTurn(async (role) => {
    const { name, bytes: size, sha256: checksum } = set.files[role]
    const decode = (bytes: Uint8Array<ArrayBuffer>) => decodePublished(bytes, name, checksum, size)
    const { content, origin } = await cachedFile(name, decode, waysToGet(set), { ...source, most: mostOf(size) })
    origins.add(origin)
    return { name, bytes: content }
  })
  return { files, canonical: true, origin: [...origins].join(' and ') }
}

/** How many bytes a file of labels or of images holds, by its header; images may be `most` bytes. Throws CORRUPT. */
const digitBytesUpTo =
  (most: number) =>
  (start: Uint8Array, file: string): number => {
    const { shape, bytes } = idxHeader(start, file)
    if (bytes <= (shape.length === 1 ? MOST_LABELS : most)) return bytes
    const message = `${file} says that it holds [${shape.join(', ')}] bytes, more than belong to the labels`
    throw new DatasetError('CORRUPT', `${message}: get it again`, { file })
  }

const forEachRole = <Value>(valueOf: (role: Role) => Value): Record<Role, Value> =>
  Object.fromEntries(ROLES.map((role) => [role, valueOf(role)])) as Record<Role, Value>

async function forEachRoleInTurn<Value>(read: (role: Role) => Promise<Value>): Promise<Record<Role, Value>> {
  const values: Partial<Record<Role, Value>> = {}
  for (const role of ROLES) values[role] = await read(role)
  return values as Record<Role, Value>
}

/** The names that a published file goes by: with a dot for the hyphen before `idx`, and without the compression. */
function fileNames(published: string): string[] {
  const plain = published.replace(/\.gz$/, '')
  const dotted = plain.replace('-idx', '.idx')
  return [`${plain}.gz`, plain, dotted, `${dotted}.gz`]
}

function waysToGet(set: DigitSet): string {
  const names = ROLES.map((role) => set.files[role].name).join(', ')
  return (
    `Ways to get it: with a network, try again, what was downloaded is kept; or put ${names} into ` +
    `FOLDER/${set.directory} and give an app --data FOLDER, or set SCATTERLAB_DATA=FOLDER, or give \`folder: FOLDER\`; or give \`mirrors\` that ` +
    "have them; or use the 2,000 digits of mnistSample() from '@scatterlab/datasets/mnist-sample'"
  )
}
