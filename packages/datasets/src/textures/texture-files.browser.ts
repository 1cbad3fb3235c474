// A page reads no folders: says so. Node gets `texture-files.node.ts` in its place.

import { ValueError } from '@scatterlab/tensor'
import type { TextureFiles } from './texture-set.ts'

const refuse = async (place: string): Promise<never> => {
  throw new ValueError(`${place}: a page reads no folders of pictures, run this in Node`)
}

/** Throws ValueError. */
export const filesBelow: TextureFiles['filesBelow'] = refuse

/** Throws ValueError. */
export const readBytes: TextureFiles['readBytes'] = refuse

/** Throws ValueError. */
export const decodeGrey: TextureFiles['decodeGrey'] = (_, file) => refuse(file)

/** Throws ValueError. */
export const decodePixels: TextureFiles['decodePixels'] = (_, file) => refuse(file)
