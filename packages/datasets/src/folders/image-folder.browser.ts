// Images in the files that a page was given, decoded one after the other where they are asked for. Node gets
// `image-folder.node.ts` in its place.

import { decodeImage } from '#decode-image'
import { DatasetError } from '../errors.ts'
import { undecodable, type ClassFolder, type ImageFolder, type ImageReader, type PassedOver } from './image-folder.ts'
import { isImageName } from './image-names.ts'
import { bytesOf, fileAt, filesOf, isPageFolder, noFolder } from './page-folder.ts'
import { fitted } from './resize.ts'

/** The classes among the files that were given. Throws DatasetError NOT_FOUND where none lies there, ValueError for another folder. */
export const listClasses: ImageFolder['listClasses'] = async (folder, nested) => {
  const classes = new Map<string, string[]>()
  const passedOver: PassedOver[] = []
  const files = [...(filesOf(folder) ?? nothingIn(folder)).keys()].sort((a, b) => (a < b ? -1 : 1))
  for (const file of files) {
    const [name, ...below] = file.split('/')
    const reason = whyNot([name, ...below], nested)
    if (reason === undefined) classes.set(name, [...(classes.get(name) ?? []), below.join('/')])
    else passedOver.push({ file, reason })
  }
  const found = [...classes].map(([name, images]): ClassFolder => ({ name, files: images }))
  return { classes: found, passedOver, oddPaths: new Map() }
}

function nothingIn(folder: string): never {
  if (!isPageFolder(folder.split('/')[0])) noFolder(folder)
  throw new DatasetError('NOT_FOUND', `no file that was given lies in ${folder}: give some`, { file: folder })
}

function whyNot(steps: readonly string[], nested: boolean): string | undefined {
  if (steps.some((step) => step.startsWith('.'))) return 'it is hidden'
  if (steps.length === 1) return 'it is in no class folder'
  if (steps.length > 2 && !nested) return 'it is in a folder in a class: give `nested: true` to read it'
  return isImageName(steps.at(-1)!) ? undefined : 'its name does not end as that of an image, such as .jpg'
}

/** Reads without threads of its own: a page runs it in a worker. */
export const openReader: ImageFolder['openReader'] = ({ maxPixels }): ImageReader => {
  let closed: { readonly reason: unknown } | undefined
  let last: Promise<unknown> = Promise.resolve()
  return {
    read(path, fit) {
      const image = last.then(async () => {
        if (closed) throw closed.reason
        const bytes = await bytesOf(fileAt(path), path)
        try {
          return fitted(await decodeImage(bytes, maxPixels), fit)
        } catch (cause) {
          throw undecodable(path, cause)
        }
      })
      last = image.catch(() => {})
      return image
    },
    close: async (reason = new Error('the reader was closed')) => {
      closed ??= { reason }
    },
  }
}
