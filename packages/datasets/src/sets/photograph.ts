// Photographs that may be passed on: those of scikit-image's data, one at a time, in any size. How bytes become pixels is the decoders'.

import { decodeImage } from '#decode-image'
import { type ShapedArray, checkArgument, checkOptions, oneOf } from '@scatterlab/tensor'
import type { CropSize } from '../augmentation/crops.ts'
import { DatasetError } from '../errors.ts'
import { cachedFile, cachedFileOptions, decodePublished, mostOf } from '../files/cached-file.ts'
import { filesInFolder } from '../folders/folder-files.ts'
import { fitted } from '../folders/resize.ts'
import { aSize, loadRules } from '../rules.ts'
import type { LoadOptions } from './load-options.ts'

/** Which photographs there are: file, bytes, SHA-256. All are in the public domain or have no known restrictions. */
const FILES = {
  astronaut: ['astronaut.png', 791_555, '88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5'],
  camera: ['camera.png', 139_512, 'b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a'],
  chelsea: ['chelsea.png', 240_512, '596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb'],
  coffee: ['coffee.png', 466_706, 'cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7'],
  coins: ['coins.png', 75_825, 'f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba'],
  moon: ['moon.png', 50_177, '78739619d11f7eb9c165bb5d2efd4772cee557812ec847532dbb1d92ef71f577'],
} as const

/** A photograph's name. */
export type PhotographName = keyof typeof FILES

/** The names: an astronaut, a man with a camera, a cat, a cup of coffee, coins, the surface of the Moon. */
export const PHOTOGRAPHS = Object.keys(FILES) as readonly PhotographName[]

const SET = {
  title: 'the photographs',
  directory: 'photos',
  mirrors: ['https://raw.githubusercontent.com/scikit-image/scikit-image/v0.22.0/skimage/data'],
}

/** How a photograph is wanted. */
export interface PhotographOptions extends LoadOptions {
  /** Height and width, or one number for both: the picture is scaled to cover it, and the middle cut out. Default 256. */
  readonly size?: number | CropSize
}

/** A picture in grey. */
export interface Photograph extends ShapedArray<Float32Array, readonly [height: number, width: number]> {
  /** The sentence that says what it is and where it came from. */
  readonly source: string
}

const MOST_PIXELS = 2 ** 24

/**
 * A photograph in grey, from 0 to 1: its luminance by Rec. 601. From the folder (`photos/NAME.png` or `NAME.png` in it), the cache or
 * scikit-image's repository. Throws DatasetError, with the ways to get it, if it is nowhere (NOT_FOUND, DOWNLOAD) or unusable, or the
 * signal's reason.
 *
 * @example const { data, shape } = await photograph('camera', { size: 256 })
 */
export async function photograph(name: PhotographName, given: PhotographOptions = {}): Promise<Photograph> {
  checkArgument('the photograph', name, oneOf(...PHOTOGRAPHS))
  const { size: side = 256, ...options } = checkOptions('photograph', given, { ...loadRules, size: aSize })
  const size: CropSize = typeof side === 'number' ? [side, side] : side
  const { bytes, origin } = (await fromFolder(name, options)) ?? (await fromCacheOrMirrors(name, options))
  const pixels = await decoded(FILES[name][0], bytes)
  const planes = fitted(pixels, { size, stretch: false, crop: size })
  const source = `photograph '${name}' of scikit-image, ${pixels.width}×${pixels.height} brought to ${size[1]}×${size[0]}, ${origin}`
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
    throw new DatasetError('CORRUPT', `${file} cannot be decoded (${reason}): get it again`, { file, cause })
  }
}

async function fromFolder(name: PhotographName, options: LoadOptions) {
  const [file, bytes] = FILES[name]
  const { title, directory } = SET
  const found = await filesInFolder(
    { title, places: [directory, '.'], names: { file: [file] }, ways: waysToGet(file), limit: mostOf(bytes) },
    options,
  )
  return found && { bytes: found.files.file.bytes, origin: `from the folder ${found.folder}` }
}

async function fromCacheOrMirrors(name: PhotographName, options: LoadOptions) {
  const [file, size, checksum] = FILES[name]
  const decode = (bytes: Uint8Array<ArrayBuffer>) => decodePublished(bytes, file, checksum)
  const source = { ...cachedFileOptions(options, SET), most: mostOf(size) }
  const { content, origin } = await cachedFile(file, decode, waysToGet(file), source)
  return { bytes: content, origin }
}

const waysToGet = (file: string): string =>
  `Ways to get it: with a network, try again; or put ${file} into FOLDER/${SET.directory} and give an app --data FOLDER, or set ` +
  'SCATTERLAB_DATA=FOLDER, or give `folder: FOLDER`; or give `mirrors` that have it'
