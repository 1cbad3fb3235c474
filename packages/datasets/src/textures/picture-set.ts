// Reads the pictures of a set one after the other.

import { DatasetError } from '../errors.ts'
import { decodeGrey } from './decode-picture.ts'
import { labelsOf, type GreyPicture, type PublishedSplit, type TextureSet } from './texture-set.ts'

const MOST_CLASSES = 256

/** The set of these files, `names[i]` the class of file i. */
export async function pictureSet(
  title: string,
  files: readonly string[],
  names: readonly string[],
  read: (file: string) => Promise<Uint8Array>,
  more: {
    readonly source: string
    readonly splits?: readonly PublishedSplit[]
    readonly signal?: AbortSignal | undefined
  },
): Promise<TextureSet> {
  // numbers in the order of numbers, names in that of code units
  const classes = [...new Set(names)].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1))
  if (classes.length > MOST_CLASSES)
    throw new DatasetError('FORMAT', `${title} has ${classes.length} classes: at most ${MOST_CLASSES} are read`)
  const pictures: GreyPicture[] = []
  for (const file of files) {
    more.signal?.throwIfAborted()
    pictures.push(await decodeGrey(await read(file), file))
  }
  const { source, splits = [] } = more
  return { title, classes, pictures, labels: labelsOf(names, classes), files, splits, source }
}
