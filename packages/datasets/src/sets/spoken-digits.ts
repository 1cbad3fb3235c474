// The Free Spoken Digit Dataset: recordings of the digits in English, from a folder, the cache or the network.

import { dataFolder } from '#storage'
import { filesBelow, readBytes } from '#texture-files'
import { checkOptions } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'
import { cachedFile, cachedFileOptions, mostOf } from '../files/cached-file.ts'
import { gunzip, isGzip } from '../files/gzip.ts'
import { sha256 } from '../files/sha256.ts'
import { tarFiles } from '../files/tar.ts'
import { parseWav } from '../files/wav.ts'
import { filesInFolder } from '../folders/folder-files.ts'
import { loadRules } from '../rules.ts'
import type { LoadOptions } from './load-options.ts'

/** Recordings, in the order of digit, speaker and take. */
export interface Recordings {
  /** Samples from −1 to 1, each recording of its own length. */
  readonly signals: readonly Float32Array[]
  /** The digits. */
  readonly labels: Uint8Array
  /** The name of each recording's speaker. */
  readonly speakers: readonly string[]
}

/** The set by its official split: takes 0 to 4 of each speaker and digit are the test set. */
export interface SpokenDigits {
  /** Takes from 5 on: 2,700 recordings. */
  readonly train: Recordings
  /** Takes 0 to 4: 300 recordings. */
  readonly test: Recordings
  /** Samples a second. */
  readonly sampleRate: number
  /** Whether the recordings are those published, by checksum. */
  readonly canonical: boolean
  /** The sentence that says what it is and where it came from. */
  readonly source: string
}

const TITLE = 'the Free Spoken Digit Dataset'
const DIRECTORY = 'fsdd'
const ARCHIVE = 'recordings.tar.gz'
const RELEASE = 'v1.0.10'
const MIRRORS = ['https://codeload.github.com/Jakobovski/free-spoken-digit-dataset/tar.gz/refs/tags']
const RATE = 8000
const TEST_TAKES = 5
const MOST_BYTES = 2 ** 27
/** Of all recordings one after the other, in the order of their names. */
const CHECKSUM = 'ddb17656a0bca4c5ddace082be188ca630516dc2ef1110afe3c4e9cc71173de4'

/**
 * 3,000 recordings of six speakers, 2,700 to train and 300 to test, 8,000 samples a second. A folder holds `recordings`, with files
 * DIGIT_SPEAKER_TAKE.wav, or `recordings.tar.gz`, in itself or in `fsdd`. Throws DatasetError, with the ways to get it, if it is nowhere (NOT_FOUND, DOWNLOAD) or unusable, or the signal's reason.
 */
export async function spokenDigits(given: LoadOptions = {}): Promise<SpokenDigits> {
  const options = checkOptions('spokenDigits', given, loadRules)
  const { files, origin } = (await fromFolder(options)) ?? (await fromCacheOrMirrors(options))
  const canonical = (await checksumOf(files)) === CHECKSUM
  const { train, test } = split(files)
  const name = canonical ? TITLE : `not the canonical set of spoken digits (checksum differs)`
  const counts = [train, test].map(({ labels }) => labels.length.toLocaleString('en-US'))
  const source = `${name}: ${counts[0]} training and ${counts[1]} test recordings, ${origin}`
  return { train, test, sampleRate: RATE, canonical, source }
}

type Files = ReadonlyMap<string, Uint8Array>

async function fromFolder(options: LoadOptions): Promise<{ files: Files; origin: string } | undefined> {
  const root = options.folder ?? dataFolder()
  const loose = root === undefined ? undefined : await looseIn(root, options.signal)
  if (loose) return { files: loose, origin: `from the folder ${root}` }
  const found = await filesInFolder(
    {
      title: TITLE,
      places: [DIRECTORY, '.'],
      names: { archive: [ARCHIVE, ARCHIVE.replace('.gz', '')] },
      ways: waysToGet,
      limit: MOST_BYTES,
    },
    options,
  )
  if (!found) return undefined
  const { path, bytes } = found.files.archive
  return { files: await recordingsIn(bytes, path), origin: `from the folder ${found.folder}` }
}

const RECORDING = /^\d_[^/]+_\d+\.wav$/

/** The recordings that lie in a folder as they are. */
async function looseIn(root: string, signal: AbortSignal | undefined): Promise<Files | undefined> {
  for (const place of [`${root}/${DIRECTORY}/recordings`, `${root}/recordings`]) {
    const names = (await filesBelow(place))?.filter((name) => RECORDING.test(name)) ?? []
    const files = new Map<string, Uint8Array>()
    for (const name of names) {
      signal?.throwIfAborted()
      files.set(name, await readBytes(`${place}/${name}`))
    }
    if (files.size > 0) return files
  }
  return undefined
}

async function fromCacheOrMirrors(options: LoadOptions): Promise<{ files: Files; origin: string }> {
  const source = cachedFileOptions(options, { directory: DIRECTORY, mirrors: MIRRORS })
  const decode = async (bytes: Uint8Array<ArrayBuffer>): Promise<Files> => {
    const files = await recordingsIn(bytes, RELEASE)
    if ((await checksumOf(files)) === CHECKSUM) return files
    throw new DatasetError('CORRUPT', `${RELEASE} does not hold the published recordings (their checksum differs)`, {
      file: RELEASE,
    })
  }
  const { content, origin } = await cachedFile(RELEASE, decode, waysToGet, { ...source, most: mostOf(MOST_BYTES) })
  return { files: content, origin }
}

/** The recordings of an archive by their names, in the order of the names. */
async function recordingsIn(bytes: Uint8Array<ArrayBuffer>, archive: string): Promise<Files> {
  const content = isGzip(bytes) || bytes.length === 0 ? await gunzip(bytes, archive, MOST_BYTES) : bytes
  const files = [...tarFiles(content, archive)].flatMap(([path, file]): [string, Uint8Array][] => {
    const name = /(?:^|\/)recordings\/([^/]+)$/.exec(path)?.[1]
    return name !== undefined && RECORDING.test(name) ? [[name, file]] : []
  })
  if (files.length === 0) {
    const message = `${archive} has no files recordings/DIGIT_SPEAKER_TAKE.wav: get it again`
    throw new DatasetError('EMPTY', message, { file: archive })
  }
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function checksumOf(files: Files): Promise<string> {
  const all = new Uint8Array([...files.values()].reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const file of files.values()) {
    all.set(file, at)
    at += file.length
  }
  return sha256(all)
}

function split(files: Files): Record<'train' | 'test', Recordings> {
  const parts = {
    train: { signals: [], labels: [], speakers: [] },
    test: { signals: [], labels: [], speakers: [] },
  } as {
    [K in 'train' | 'test']: { signals: Float32Array[]; labels: number[]; speakers: string[] }
  }
  for (const [name, bytes] of files) {
    const [, digit, speaker, take] = /^(\d)_(.+)_(\d+)\.wav$/.exec(name)!
    const { data, shape, sampleRate } = parseWav(bytes, name)
    if (sampleRate !== RATE || shape[0] !== 1) {
      const message = `${name} has ${shape[0]} channels, ${sampleRate} samples a second: give one channel, ${RATE}`
      throw new DatasetError('FORMAT', message, { file: name })
    }
    const part = parts[Number(take) < TEST_TAKES ? 'test' : 'train']
    part.signals.push(data)
    part.labels.push(Number(digit))
    part.speakers.push(speaker)
  }
  const recordings = ({ signals, labels, speakers }: (typeof parts)['train']): Recordings => ({
    signals,
    labels: Uint8Array.from(labels),
    speakers,
  })
  return { train: recordings(parts.train), test: recordings(parts.test) }
}

const waysToGet =
  `Ways to get it: with a network, try again, what was downloaded is kept; or put its folder \`recordings\`, or ${ARCHIVE} with it, into ` +
  `FOLDER/${DIRECTORY} and give an app --data FOLDER, or set SCATTERLAB_DATA=FOLDER, or give \`folder: FOLDER\`; or give \`mirrors\` that have ` +
  'the release'
