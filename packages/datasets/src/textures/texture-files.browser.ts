// Pictures of textures in the files that a page was given. Node gets `texture-files.node.ts` in its place.

import { bytesOf, fileAt, filesOf, isPageFolder, noFolder } from '../folders/page-folder.ts'
import type { TextureFiles } from './texture-set.ts'

/** Hidden files are left out. Throws ValueError for a folder that was not given. */
export const filesBelow: TextureFiles['filesBelow'] = async (folder) => {
  if (!isPageFolder(folder.split('/')[0])) noFolder(folder)
  const paths = filesOf(folder)?.keys()
  return (
    paths &&
    [...paths].filter((path) => path.split('/').length <= 3 && !/(^|\/)\./.test(path)).sort((a, b) => (a < b ? -1 : 1))
  )
}

/** The bytes of a file. Throws DatasetError NOT_FOUND, with its path, where it is not. */
export const readBytes: TextureFiles['readBytes'] = (path) => bytesOf(fileAt(path), path)
