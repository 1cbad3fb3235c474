// One published picture in grey, in any size: from the folder, the cache or the network. Which ones there are is said elsewhere.

import { decodeImage } from '#decode-image'
import { type ShapedArray, checkArgument, checkOptions, oneOf } from '@scatterlab/tensor'
import type { CropSize } from '../augmentation/crops.ts'
import { DatasetError } from '../errors.ts'
import { cachedFile, cachedFileOptions, decodePublished, mostOf } from '../files/cached-file.ts'
import { sha256 } from '../files/sha256.ts'
import { filesInFolder } from '../folders/folder-files.ts'
import { fitted } from '../folders/resize.ts'
import { aSize, loadRules } from '../rules.ts'
import type { LoadOptions } from './load-options.ts'

/** How a picture is wanted. */
export interface PictureOptions extends LoadOptions {
  /** Height and width, or one number for both: the picture is scaled to cover it, and the middle cut out. Default 256. */
  readonly size?: number | CropSize
}

/** A picture in grey, from 0 to 1. */
export interface Picture extends ShapedArray<Float32Array, readonly [height: number, width: number]> {
  /** The sentence that says what it is and where it came from. */
  readonly source: string
}

/** Pictures that are published in one place. */
export interface PictureSet {
  /** How the set is named in messages, such as 'the photographs'. */
  readonly title: string
  /** What one of them is called: 'photograph'. */
  readonly noun: string
  /** Whose they are. */
  readonly owner: string
  /** Folder in the cache. */
  readonly directory: string
  /** Folders in a data folder, the first of which is recommended. */
  readonly places: readonly string[]
  readonly mirrors: readonly string[]
  /** File, bytes and SHA-256 of each. */
  readonly files: Readonly<Record<string, readonly [file: string, bytes: number, sha256: string]>>
}

const MOST_PIXELS = 2 ** 24
/** Of a picture that somebody has put in the place of a published one: two bytes of four channels a pixel, and more. */
const MOST_BYTES = 2 ** 27

/** The luminance, by Rec. 601, of a picture of a set. Throws what the loaders of sets throw. */
export async function pictureOf(set: PictureSet, name: string, given: PictureOptions): Promise<Picture> {
  checkArgument(`the ${set.noun}`, name, oneOf(...Object.keys(set.files)))
  const { size: side = 256, ...options } = checkOptions(set.noun, given, { ...loadRules, size: aSize })
  const size: CropSize = typeof side === 'number' ? [side, side] : side
  const { path, bytes, published, origin } =
    (await fromFolder(set, name, options)) ?? (await fromCacheOrMirrors(set, name, options))
  const pixels = await decoded(path, bytes)
  const planes = fitted(pixels, { size, stretch: false, crop: size })
  const what = published
    ? `${set.noun} '${name}' of ${set.owner}`
    : `not the ${set.noun} '${name}' of ${set.owner} (checksum differs)`
  const source = `${what}, ${pixels.width}×${pixels.height} brought to ${size[1]}×${size[0]}, ${origin}`
  return { data: luminance(planes), shape: size, source }
}

/** Rec. 601 luminance, from 0 to 1, of red, green and blue planes of bytes. */
function luminance(planes: Uint8Array): Float32Array {
  const area = planes.length / 3
  return Float32Array.from(
    { length: area },
    (_, i) => (0.299 * planes[i] + 0.587 * planes[area + i] + 0.114 * planes[2 * area + i]) / 255,
  )
}

async function decoded(file: string, bytes: Uint8Array) {
  try {
    return await decodeImage(bytes, MOST_PIXELS)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DatasetError('CORRUPT', `${file} cannot be decoded (${reason}): get it again, or save it anew as PNG`, {
      file,
      cause,
    })
  }
}

async function fromFolder(set: PictureSet, name: string, options: LoadOptions) {
  const [file, , checksum] = set.files[name]
  const { title, places } = set
  const found = await filesInFolder(
    { title, places, names: { file: [file] }, ways: waysToGet(set, file), limit: MOST_BYTES },
    options,
  )
  if (!found) return undefined
  const { path, bytes } = found.files.file
  return { path, bytes, published: (await sha256(bytes)) === checksum, origin: `from the folder ${found.folder}` }
}

async function fromCacheOrMirrors(set: PictureSet, name: string, options: LoadOptions) {
  const [file, size, checksum] = set.files[name]
  const decode = (bytes: Uint8Array<ArrayBuffer>) => decodePublished(bytes, file, checksum)
  const source = { ...cachedFileOptions(options, set), most: mostOf(size) }
  const { content, origin } = await cachedFile(file, decode, waysToGet(set, file), source)
  return { path: file, bytes: content, published: true, origin }
}

const waysToGet = (set: PictureSet, file: string): string =>
  `Ways to get it: with a network, try again; or put ${file} into FOLDER/${set.places[0]} and give an app --data FOLDER, or set ` +
  'SCATTERLAB_DATA=FOLDER, or give `folder: FOLDER`; or give `mirrors` that have it'
