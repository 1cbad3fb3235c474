// CIFAR-10 in its binary version, from a folder, the cache, or the network, in this order.

import { cachedFile, cachedFileOptions } from './cached-file.ts'
import { cifar10Images } from './cifar10-records.ts'
import type { NamedFile } from './digit-files.ts'
import { DatasetError } from './errors.ts'
import { filesInFolder } from './folder-files.ts'
import { gunzip, isGzip } from './gzip.ts'
import type { ColourShape } from './image-set.ts'
import { sourceOf, type LoadedSet, type LoadOptions } from './load-options.ts'
import { sha256 } from './sha256.ts'
import { tarFiles } from './tar.ts'

/** The published archive, and the SHA-256 of each file of images in it. */
export interface Cifar10Archive {
  readonly name: string
  readonly mirrors: readonly string[]
  readonly batches: Readonly<Record<BatchName, string>>
}

type BatchName = `data_batch_${1 | 2 | 3 | 4 | 5}.bin` | 'test_batch.bin'

const TITLE = 'CIFAR-10'
const DIRECTORY = 'cifar10'
const IN_ARCHIVE = 'cifar-10-batches-bin'

const PUBLISHED: Cifar10Archive = {
  name: 'cifar-10-binary.tar.gz',
  mirrors: ['https://www.cs.toronto.edu/~kriz', 'https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10'],
  batches: {
    'data_batch_1.bin': 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
    'data_batch_2.bin': 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
    'data_batch_3.bin': 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
    'data_batch_4.bin': '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
    'data_batch_5.bin': '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
    'test_batch.bin': '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
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
 * published order. A folder holds `data_batch_1.bin` … `test_batch.bin`, plain or gzip, in itself, in `cifar10` or in
 * `cifar-10-batches-bin`; the network has an archive of 170 MB. Throws DatasetError as mnist() does, or the signal's
 * reason.
 */
export function cifar10(options: LoadOptions = {}): Promise<LoadedSet<ColourShape>> {
  return loadCifar10(PUBLISHED, options)
}

/** {@link cifar10} of any archive in its form. */
export async function loadCifar10(archive: Cifar10Archive, options: LoadOptions = {}): Promise<LoadedSet<ColourShape>> {
  const { files, canonical, origin } = (await fromFolder(archive, options)) ?? (await fromArchive(archive, options))
  const train = cifar10Images(
    batchNames(archive)
      .filter(isTraining)
      .map((name) => files[name]),
  )
  const test = cifar10Images([files['test_batch.bin']])
  return { train, test, canonical, source: sourceOf(TITLE, canonical, { train, test }, origin) }
}

interface BatchFiles {
  readonly files: Readonly<Record<BatchName, NamedFile>>
  readonly canonical: boolean
  readonly origin: string
}

async function fromFolder(archive: Cifar10Archive, options: LoadOptions): Promise<BatchFiles | undefined> {
  const found = await filesInFolder(
    {
      title: TITLE,
      places: [DIRECTORY, '.', IN_ARCHIVE, `${DIRECTORY}/${IN_ARCHIVE}`],
      names: forEachBatch(archive, (name) => [name, `${name}.gz`]),
      ways: waysToGet(archive),
    },
    options,
  )
  if (!found) return undefined
  const files: Partial<Record<BatchName, NamedFile>> = {}
  let canonical = true
  for (const name of batchNames(archive)) {
    const { path, bytes } = found.files[name]
    const content = isGzip(bytes) ? await gunzip(bytes, path) : bytes
    canonical &&= (await sha256(content)) === archive.batches[name]
    files[name] = { name: path, bytes: content }
  }
  return { files: files as Record<BatchName, NamedFile>, canonical, origin: `from the folder ${found.folder}` }
}

async function fromArchive(archive: Cifar10Archive, options: LoadOptions): Promise<BatchFiles> {
  const source = cachedFileOptions(options, { directory: DIRECTORY, mirrors: archive.mirrors })
  const decode = (bytes: Uint8Array<ArrayBuffer>) => publishedBatches(bytes, archive)
  const { content, origin } = await cachedFile(archive.name, decode, waysToGet(archive), source)
  return { files: content, canonical: true, origin }
}

async function publishedBatches(
  bytes: Uint8Array<ArrayBuffer>,
  archive: Cifar10Archive,
): Promise<Record<BatchName, NamedFile>> {
  const content = isGzip(bytes) || bytes.length === 0 ? await gunzip(bytes, archive.name) : bytes
  const inArchive = tarFiles(content, archive.name)
  for (const name of batchNames(archive)) {
    const file = inArchive.get(`${IN_ARCHIVE}/${name}`)
    if (file && (await sha256(file)) === archive.batches[name]) continue
    const fault = file ? 'is not the published one (its checksum differs)' : 'lacks'
    throw new DatasetError('CORRUPT', `${name} in ${archive.name} ${fault}`, { file: archive.name })
  }
  return forEachBatch(archive, (name) => ({ name, bytes: inArchive.get(`${IN_ARCHIVE}/${name}`)! }))
}

const batchNames = (archive: Cifar10Archive): BatchName[] => Object.keys(archive.batches).sort() as BatchName[]

const isTraining = (name: BatchName): boolean => name !== 'test_batch.bin'

const forEachBatch = <Value>(archive: Cifar10Archive, valueOf: (name: BatchName) => Value): Record<BatchName, Value> =>
  Object.fromEntries(batchNames(archive).map((name) => [name, valueOf(name)])) as Record<BatchName, Value>

function waysToGet(archive: Cifar10Archive): string {
  return (
    'Ways to get it: with a network, try again, what was downloaded is kept; or put data_batch_1.bin … 5 and ' +
    `test_batch.bin out of ${archive.name} into FOLDER/${DIRECTORY} and give \`folder: FOLDER\` or set ` +
    'SCATTERLAB_DATA=FOLDER; or give `mirrors` that have the archive'
  )
}
