// A page reads no folders: says so. Node gets `image-folder.node.ts` in its place.

import { DatasetError } from '../errors.ts'
import type { ImageFolder } from './image-folder.ts'

/** Throws DatasetError VALUE. */
export const listClasses: ImageFolder['listClasses'] = async (folder) => {
  throw new DatasetError('VALUE', `folder ${folder}: a page reads no folders, run this in Node`)
}

/** Throws DatasetError VALUE. */
export const openReader: ImageFolder['openReader'] = () => {
  throw new DatasetError('VALUE', 'a page reads no folders, run this in Node')
}
