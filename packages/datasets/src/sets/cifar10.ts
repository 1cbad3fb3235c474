// CIFAR-10 in its binary or python version, from a folder, the cache, or the network, in this order.

import { checkArgument, checkOptions, oneOf } from '@scatterlab/tensor'
import { aName, bytesOfFile, loadRules } from '../rules.ts'
import { cachedFile, cachedFileOptions, mostOf } from '../files/cached-file.ts'
import { cifar10Images } from './cifar10-records.ts'
import type { NamedFile } from './digit-files.ts'
import { DatasetError } from '../errors.ts'
import { filesInFolder } from '../folders/folder-files.ts'
import { gunzip, isGzip } from '../files/gzip.ts'
import type { ColourShape, LabelledImages } from './image-set.ts'
import { sourceOf, type LoadedSet, type LoadOptions } from './load-options.ts'
import { sha256 } from '../files/sha256.ts'
import { tarFiles } from '../files/tar.ts'

/** The forms in which the same images are published: records of bytes, or pickles. */
export type Cifar10Version = 'binary' | 'python'

/** Where CIFAR-10 may come from. */
export interface Cifar10Options extends LoadOptions {
  /** The version to look for. By default a folder may hold either, and the cache and the network the binary one. */
  readonly version?: Cifar10Version
}

/** A published archive, and the SHA-256 of each file of images in it. */
export interface Cifar10Archive {
  readonly name: string
  readonly mirrors: readonly string[]
  /** The most bytes of the archive without its compression: its six files, and the small ones beside them. */
  readonly bytes: number
  /** The folder in it. */
  readonly directory: string
  /** What the names of the files in it end with. */
  readonly suffix: string
  readonly batches: Readonly<Record<BatchName, string>>
}

/** Both versions. */
export type Cifar10Archives = Readonly<Record<Cifar10Version, Cifar10Archive>>

type BatchName = (typeof BATCHES)[number]

const BATCHES = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'] as const
const TITLE = 'CIFAR-10'
const RULES = { ...loadRules, version: oneOf('binary', 'python') }
const DIRECTORY = 'cifar10'
// four times a published batch
const MOST_BYTES_OF_BATCH = 2 ** 27

const PUBLISHED: Cifar10Archives = {
  binary: {
    name: 'cifar-10-binary.tar.gz',
    mirrors: [
      'https://www.cs.toronto.edu/~kriz',
      'https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10',
    ],
    bytes: 6 * 30_730_000 + 2 ** 18,
    directory: 'cifar-10-batches-bin',
    suffix: '.bin',
    batches: {
      data_batch_1: 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
      data_batch_2: 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
      data_batch_3: 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
      data_batch_4: '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
      data_batch_5: '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
      test_batch: '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
    },
  },
  python: {
    name: 'cifar-10-python.tar.gz',
    mirrors: ['https://www.cs.toronto.edu/~kriz'],
    bytes: 6 * 31_036_000 + 2 ** 18,
    directory: 'cifar-10-batches-py',
    suffix: '',
    batches: {
      data_batch_1: '54636561a3ce25bd3e19253c6b0d8538147b0ae398331ac4a2d86c6d987368cd',
      data_batch_2: '766b2cef9fbc745cf056b3152224f7cf77163b330ea9a15f9392beb8b89bc5a8',
      data_batch_3: '0f00d98ebfb30b3ec0ad19f9756dc2630b89003e10525f5e148445e82aa6a1f9',
      data_batch_4: '3f7bb240661948b8f4d53e36ec720d8306f5668bd0071dcb4e6c947f78e9682b',
      data_batch_5: 'd91802434d8376bbaeeadf58a737e3a1b12ac839077e931237e0dcd43adcb154',
      test_batch: 'f53d8d457504f7cff4ea9e021afcf0e0ad8e24a91f3fc42091b8adef61157831',
    },
  },
}

/** The names of CIFAR-10's classes; label i means the i-th, from 0. */
export const CIFAR10_CLASSES: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
]

/**
 * The 50,000 training and 10,000 test images of CIFAR-10, 3×32×32 bytes each (red, green, blue planes), in the
 * published order, the same from both versions. A folder holds `data_batch_1.bin` … `test_batch.bin`, or
 * `data_batch_1` … `test_batch` (python), plain or gzip, in itself, in `cifar10` or in the archive's own folder; the
 * network has an archive of 170 MB. Throws DatasetError as mnist() does, VALUE for another version, or the signal's
 * reason.
 */
export function cifar10(options: Cifar10Options = {}): Promise<LoadedSet<ColourShape>> {
  return loadCifar10(PUBLISHED, options)
}

/**
 * The images of one of CIFAR-10's six files, of either version, plain or gzip; `file` is its name in errors. Rejects with DatasetError: EMPTY,
 * TRUNCATED, CORRUPT, FORMAT for another kind of file.
 */
export async function parseCifar10(bytes: Uint8Array, file = 'CIFAR-10 file'): Promise<LabelledImages<ColourShape>> {
  checkArgument('parseCifar10: bytes', bytes, bytesOfFile)
  checkArgument('parseCifar10: file', file, aName)
  const content = isGzip(bytes) ? await gunzip(bytes, file, MOST_BYTES_OF_BATCH) : bytes
  return cifar10Images([{ name: file, bytes: content }])
}

/** {@link cifar10} of any archives in its form. */
export async function loadCifar10(
  archives: Cifar10Archives,
  given: Cifar10Options = {},
): Promise<LoadedSet<ColourShape>> {
  const { version, ...options } = checkOptions(TITLE, given, RULES)
  const accepted = version ? [archives[version]] : [archives.binary, archives.python]
  const { files, canonical, origin } =
    (await fromFolder(accepted, options)) ?? (await fromArchive(accepted[0], options))
  const train = await cifar10Images(BATCHES.filter((name) => name !== 'test_batch').map((name) => files[name]))
  const test = await cifar10Images([files.test_batch])
  return { train, test, canonical, source: sourceOf(TITLE, canonical, { train, test }, origin) }
}

interface BatchFiles {
  readonly files: Readonly<Record<BatchName, NamedFile>>
  readonly canonical: boolean
  readonly origin: string
}

async function fromFolder(archives: readonly Cifar10Archive[], options: LoadOptions): Promise<BatchFiles | undefined> {
  const directories = archives.map(({ directory }) => directory)
  const found = await filesInFolder(
    {
      title: TITLE,
      places: [DIRECTORY, '.', ...directories, ...directories.map((directory) => `${DIRECTORY}/${directory}`)],
      names: forEachBatch((name) => archives.flatMap(({ suffix }) => [name + suffix, `${name}${suffix}.gz`])),
      ways: waysToGet(archives[0]),
      limit: MOST_BYTES_OF_BATCH,
    },
    options,
  )
  if (!found) return undefined
  const files: Partial<Record<BatchName, NamedFile>> = {}
  let canonical = true
  for (const name of BATCHES) {
    const { path, bytes } = found.files[name]
    const content = isGzip(bytes) ? await gunzip(bytes, path, MOST_BYTES_OF_BATCH) : bytes
    const checksum = await sha256(content)
    canonical &&= archives.some(({ batches }) => batches[name] === checksum)
    files[name] = { name: path, bytes: content }
  }
  return { files: files as Record<BatchName, NamedFile>, canonical, origin: `from the folder ${found.folder}` }
}

async function fromArchive(archive: Cifar10Archive, options: LoadOptions): Promise<BatchFiles> {
  const source = cachedFileOptions(options, { directory: DIRECTORY, mirrors: archive.mirrors })
  const decode = (bytes: Uint8Array<ArrayBuffer>) => publishedBatches(bytes, archive)
  const { content, origin } = await cachedFile(archive.name, decode, waysToGet(archive), {
    ...source,
    most: mostOf(archive.bytes),
  })
  return { files: content, canonical: true, origin }
}

async function publishedBatches(
  bytes: Uint8Array<ArrayBuffer>,
  { name: archiveName, bytes: most, directory, suffix, batches }: Cifar10Archive,
): Promise<Record<BatchName, NamedFile>> {
  const content = isGzip(bytes) || bytes.length === 0 ? await gunzip(bytes, archiveName, most) : bytes
  const inArchive = tarFiles(content, archiveName)
  for (const name of BATCHES) {
    const file = inArchive.get(`${directory}/${name}${suffix}`)
    if (file && (await sha256(file)) === batches[name]) continue
    const fault = file
      ? `${name}${suffix} in ${archiveName} is not the published one (its checksum differs): get it again`
      : `${archiveName} has no file ${directory}/${name}${suffix}: get it again`
    throw new DatasetError('CORRUPT', fault, { file: archiveName })
  }
  return forEachBatch((name) => ({ name, bytes: inArchive.get(`${directory}/${name}${suffix}`)! }))
}

const forEachBatch = <Value>(valueOf: (name: BatchName) => Value): Record<BatchName, Value> =>
  Object.fromEntries(BATCHES.map((name) => [name, valueOf(name)])) as Record<BatchName, Value>

function waysToGet({ name, suffix }: Cifar10Archive): string {
  return (
    `Ways to get it: with a network, try again, what was downloaded is kept; or put its six ` +
    `${suffix || 'python'} files (plain or .gz) out of ${name} into FOLDER/${DIRECTORY} and give an app --data FOLDER, or set ` +
    'SCATTERLAB_DATA=FOLDER, or give `folder: FOLDER`; or give `mirrors` that have the archive'
  )
}
