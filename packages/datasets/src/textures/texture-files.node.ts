// Finds and decodes pictures of textures, for Node.

import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { DatasetError } from '../errors.ts'
import { decodeImage } from '../folders/decode-image.node.ts'
import type { TextureFiles } from './texture-set.ts'

const MOST_PIXELS = 2 ** 26

/** Hidden files are left out. */
export const filesBelow: TextureFiles['filesBelow'] = async (folder) => {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => path.split('/').length <= 3 && !/(^|\/)\./.test(path))
      .sort((a, b) => (a < b ? -1 : 1))
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code)))
      return undefined
    throw unreadable(folder, error)
  }
}

/** The bytes of a file. Throws DatasetError NOT_FOUND, with its path, where it cannot be read. */
export const readBytes: TextureFiles['readBytes'] = async (path) => {
  try {
    return await readFile(path)
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** The luminance of a picture by Rec. 601, a byte a pixel. Throws DatasetError CORRUPT, with the file's name, for what is no picture. */
export const decodeGrey: TextureFiles['decodeGrey'] = async (bytes, file) => {
  const { data, width, height, channels } = await decodePixels(bytes, file)
  const grey = new Uint8Array(width * height)
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels
    grey[i] = channels < 3 ? data[at] : Math.round(0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2])
  }
  return { data: grey, shape: [height, width] }
}

/** The pixels of a picture. Throws DatasetError CORRUPT, with the file's name, for what is no picture. */
export const decodePixels: TextureFiles['decodePixels'] = async (bytes, file) => {
  try {
    return await decodeImage(bytes, MOST_PIXELS)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new DatasetError('CORRUPT', `${file} cannot be decoded (${why}): get it again, or remove it`, { file, cause })
  }
}

function unreadable(path: string, cause: unknown): DatasetError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new DatasetError('NOT_FOUND', `${path} cannot be read (${why}): give a folder whose files can be`, {
    file: path,
    cause,
  })
}
