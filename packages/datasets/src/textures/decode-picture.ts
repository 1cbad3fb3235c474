// A picture of a set, in grey or as it is.

import { decodeImage } from '#decode-image'
import { DatasetError } from '../errors.ts'
import type { ColourPicture, GreyPicture } from './texture-set.ts'

const MOST_PIXELS = 2 ** 26

/** The luminance of a picture by Rec. 601, a byte a pixel. Throws DatasetError CORRUPT, with the file's name, for what is no picture. */
export async function decodeGrey(bytes: Uint8Array, file: string): Promise<GreyPicture> {
  const { data, width, height, channels } = await decodePixels(bytes, file)
  const grey = new Uint8Array(width * height)
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels
    grey[i] = channels < 3 ? data[at] : Math.round(0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2])
  }
  return { data: grey, shape: [height, width] }
}

/** The pixels of a picture. Throws DatasetError CORRUPT, with the file's name, for what is no picture. */
export async function decodePixels(bytes: Uint8Array, file: string): Promise<ColourPicture> {
  try {
    return await decodeImage(bytes, MOST_PIXELS)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new DatasetError('CORRUPT', `${file} cannot be decoded (${why}): get it again, or remove it`, { file, cause })
  }
}
