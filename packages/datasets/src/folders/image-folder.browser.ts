// A page reads no folders: says so. Node gets `image-folder.node.ts` in its place.

import { ValueError } from '@scatterlab/tensor'
import type { ImageFolder } from './image-folder.ts'

/** Throws ValueError. */
export const listClasses: ImageFolder['listClasses'] = async (folder) => {
  throw new ValueError(`folder ${folder}: a page reads no folders, run this in Node`)
}

/** Throws ValueError. */
export const openReader: ImageFolder['openReader'] = () => {
  throw new ValueError('a page reads no folders, run this in Node')
}
