// The digits of MNIST, or of a set in its form, from a folder, the cache, or the network, in this order.

import { openCache, dataFolder, readFirst } from '#storage'
import { cachedFile, type PublishedFile } from './cached-file.ts'
import { digitsOf, type NamedFile } from './digit-files.ts'
import type { DownloadOptions } from './download.ts'
import { DatasetError } from './errors.ts'
import { gunzip, isGzip } from './gzip.ts'
import type { GreyShape, TrainTest } from './image-set.ts'
import { memoryCache } from './memory-cache.ts'
import { sha256 } from './sha256.ts'

/** Where the digits may come from. */
export interface DigitOptions extends DownloadOptions {
  /**
   * Folder with the four files, in itself, in `mnist` or in `MNIST/raw`, each gzip or plain. By default the environment's
   * SCATTERLAB_DATA, which may also hold other sets only. Node only.
   */
  readonly folder?: string
  /** Where downloads are kept: a folder (in a page, a name for the Cache API), or false for nowhere. By default the user's cache. */
  readonly cache?: string | false
  /** Whether the network may be used; by default it may. */
  readonly download?: boolean
  /** Addresses of folders that hold the four .gz files, tried in order. */
  readonly mirrors?: readonly string[]
}

/** A set in MNIST's form: itself, or what stood in its place. */
export interface Digits extends TrainTest<GreyShape> {
  /** Whether all four files are those published, by checksum. */
  readonly canonical: boolean
}

/** The four published files of a set in MNIST's form, and where they are published. */
export interface DigitSet {
  readonly title: string
  /** Folder in a data folder and in the cache. */
  readonly directory: string
  readonly mirrors: readonly string[]
  readonly files: {
    readonly trainImages: PublishedFile
    readonly trainLabels: PublishedFile
    readonly testImages: PublishedFile
    readonly testLabels: PublishedFile
  }
}

type Role = keyof DigitSet['files']
type Files = Readonly<Record<Role, NamedFile>>
type FoundFile = NonNullable<Awaited<ReturnType<typeof readFirst>>>

/** The files of a set, decompressed. */
interface Loaded {
  readonly files: Files
  readonly canonical: boolean
  readonly origin: string
}

// The small files first: what is wrong shows early.
const ROLES: readonly Role[] = ['trainLabels', 'testLabels', 'testImages', 'trainImages']

/** The digits of `set`; throws what mnist() throws. */
export async function loadDigits(set: DigitSet, options: DigitOptions = {}): Promise<Digits> {
  const { files, canonical, origin } = (await fromFolder(set, options)) ?? (await fromCacheOrMirrors(set, options))
  const train = digitsOf(files.trainImages, files.trainLabels)
  const test = digitsOf(files.testImages, files.testLabels)
  const title = canonical ? set.title : `not the canonical ${set.title} (checksum differs)`
  const [trainCount, testCount] = [train, test].map(({ labels }) => labels.length.toLocaleString('en-US'))
  return { train, test, canonical, source: `${title}: ${trainCount} training and ${testCount} test images, ${origin}` }
}

async function fromFolder(set: DigitSet, { folder, signal }: DigitOptions): Promise<Loaded | undefined> {
  const root = folder ?? dataFolder()
  if (root === undefined) return undefined
  for (const part of [set.directory, '.', 'MNIST/raw']) {
    const found: Partial<Record<Role, FoundFile>> = {}
    for (const role of ROLES) {
      signal?.throwIfAborted()
      const file = await readFirst(
        root,
        fileNames(set.files[role].name).map((name) => `${part}/${name}`),
      )
      if (file) found[role] = file
    }
    const missing = ROLES.filter((role) => found[role] === undefined).map((role) => set.files[role].name)
    if (missing.length === ROLES.length) continue
    if (missing.length > 0) {
      const message = `${root} holds only some of the files of ${set.title}, not ${missing.join(', ')}`
      throw new DatasetError('NOT_FOUND', `${message}. ${waysToGet(set)}`, { file: missing[0] })
    }
    return decoded(set, found as Required<typeof found>, root)
  }
  if (folder === undefined) return undefined
  const looked = `${set.title} is not in the folder ${folder}, nor in ${set.directory} there`
  throw new DatasetError('NOT_FOUND', `${looked}. ${waysToGet(set)}`, { file: set.files.trainImages.name })
}

async function decoded(set: DigitSet, found: Record<Role, FoundFile>, folder: string): Promise<Loaded> {
  let canonical = true
  const read = async (role: Role): Promise<NamedFile> => {
    const { path, bytes } = found[role]
    const content = isGzip(bytes) ? await gunzip(bytes, path) : bytes
    canonical &&= (await sha256(content)) === set.files[role].sha256
    return { name: path, bytes: content }
  }
  const files = await forEachRole(read)
  return { files, canonical, origin: `from the folder ${folder}` }
}

async function fromCacheOrMirrors(set: DigitSet, options: DigitOptions): Promise<Loaded> {
  const { cache: place, download = true, mirrors = set.mirrors, signal, onProgress } = options
  const cache = place === false ? memoryCache() : openCache(place)
  const origins = new Set<string>()
  const get = async (role: Role): Promise<NamedFile> => {
    const file = set.files[role]
    const content = await cachedFile(file, {
      cache,
      directory: set.directory,
      mirrors: download ? mirrors : [],
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    }).catch((error: unknown) => {
      if (!(error instanceof DatasetError) || error.code !== 'DOWNLOAD') throw error
      throw new DatasetError('DOWNLOAD', `${error.message}. ${waysToGet(set)}`, { file: file.name, cause: error })
    })
    if (content === undefined) {
      const message = `${file.name} is not in the cache (${cache.place}) and \`download\` is off`
      throw new DatasetError('NOT_FOUND', `${message}. ${waysToGet(set)}`, { file: file.name })
    }
    origins.add(content.origin)
    return { name: file.name, bytes: content.bytes }
  }
  const files = await forEachRole(get)
  return { files, canonical: true, origin: [...origins].join(' and ') }
}

async function forEachRole(read: (role: Role) => Promise<NamedFile>): Promise<Files> {
  const files: Partial<Record<Role, NamedFile>> = {}
  for (const role of ROLES) files[role] = await read(role)
  return files as Files
}

/** The names that a published file goes by: with a dot for the last hyphen but one, and without the compression. */
function fileNames(published: string): string[] {
  const plain = published.replace(/\.gz$/, '')
  const dotted = plain.replace(/-(idx\d)/, '.$1')
  return [plain, dotted, `${plain}.gz`, `${dotted}.gz`]
}

function waysToGet(set: DigitSet): string {
  const names = ROLES.map((role) => set.files[role].name).join(', ')
  return (
    `Ways to get it: with a network, try again, what was downloaded is kept; or put ${names} into FOLDER/${set.directory} ` +
    'and give `folder: FOLDER` or set SCATTERLAB_DATA=FOLDER; or give `mirrors` that have them; or use the 2,000 digits of ' +
    "mnistSample() from '@scatterlab/datasets/mnist-sample'"
  )
}
