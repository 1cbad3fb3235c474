// Finds and reads pictures of textures, for Node.

import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { DatasetError } from '../errors.ts'
import type { TextureFiles } from './texture-set.ts'

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

function unreadable(path: string, cause: unknown): DatasetError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new DatasetError('NOT_FOUND', `${path} cannot be read (${why}): give a folder whose files can be`, {
    file: path,
    cause,
  })
}
