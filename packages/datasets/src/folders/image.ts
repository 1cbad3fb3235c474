// One image file in memory to planes of bytes, by itself; folders of them are elsewhere.

import { checkArgument, checkOptions, oneOf, type ShapedArray, wholeNumber } from '@scatterlab/tensor'
import { decodeImage } from '#decode-image'
import type { CropSize } from '../augmentation/crops.ts'
import { DatasetError } from '../errors.ts'
import { aName, aSize, bytesOfFile } from '../rules.ts'
import type { Pixels } from './pixels.ts'
import { fitted } from './resize.ts'

export { isImageName } from './image-names.ts'

/** How an image is read. */
export interface ImageOptions {
  /** Height and width, or one number for both; by default the image's own. */
  readonly size?: number | CropSize
  /** 'crop' keeps the aspect and cuts out the middle, 'stretch' fills the size with the whole image; by default 'crop'. */
  readonly fit?: 'crop' | 'stretch'
  /** 'rgb' gives three planes; 'grey' one, of luma as ITU-R BT.601 weighs it: 0.299 R + 0.587 G + 0.114 B. By default 'rgb'. */
  readonly colour?: 'rgb' | 'grey'
  /** The most pixels that the image may have before it is scaled; by default 67,108,864. */
  readonly maxPixels?: number
}

const RULES = {
  size: aSize,
  fit: oneOf('crop', 'stretch'),
  colour: oneOf('rgb', 'grey'),
  maxPixels: wholeNumber(1, 2 ** 31),
}

/**
 * The planes [3 or 1, height, width] of the image in `bytes`, of any kind that is read; `file` is its name in errors. Rejects with
 * DatasetError: EMPTY for no bytes, CORRUPT for what cannot be decoded; and ValueError.
 */
export async function readImageBytes(
  bytes: Uint8Array,
  file = 'image',
  options: ImageOptions = {},
): Promise<ShapedArray<Uint8Array, readonly [channels: number, height: number, width: number]>> {
  checkArgument('readImageBytes: bytes', bytes, bytesOfFile)
  checkArgument('readImageBytes: file', file, aName)
  const { size, fit = 'crop', colour = 'rgb', maxPixels = 2 ** 26 } = checkOptions('readImageBytes', options, RULES)
  if (bytes.length === 0) throw new DatasetError('EMPTY', `${file} is empty: get it again, or remove it`, { file })
  let pixels: Pixels
  try {
    pixels = await decodeImage(bytes, maxPixels)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new DatasetError('CORRUPT', `${file} cannot be decoded (${why}): get it again, or remove it`, { file, cause })
  }
  const [height, width] =
    size === undefined ? [pixels.height, pixels.width] : typeof size === 'number' ? [size, size] : size
  const how = {
    size: [height, width],
    stretch: fit === 'stretch' || size === undefined,
    crop: [height, width],
  } as const
  const planes = fitted(colour === 'grey' ? greyOf(pixels) : pixels, how)
  const channels = colour === 'grey' ? 1 : 3
  return { data: planes.subarray(0, channels * height * width), shape: [channels, height, width] }
}

/** One channel of luma, in the fixed-point numbers that Pillow has for it. */
function greyOf({ data, width, height, channels }: Pixels): Pixels {
  const grey = new Uint8Array(width * height)
  for (let i = 0, at = 0; i < grey.length; i++, at += channels) {
    grey[i] = channels < 3 ? data[at] : (19595 * data[at] + 38470 * data[at + 1] + 7471 * data[at + 2] + 0x8000) >> 16
  }
  return { data: grey, width, height, channels: 1 }
}
