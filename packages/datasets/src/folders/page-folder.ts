// Folders of a page: files that its visitor gave, under the name by which loaders ask for a folder. Node has folders on disks.

import { type Rule, ValueError, checkArgument } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'
import { aText } from '../rules.ts'

/** A file of a page's folder. */
export interface PageFile {
  /** Where it is below the folder: `train-images-idx3-ubyte`, `class/image.png`. */
  readonly path: string
  /** Such as a `File` that was dropped; it is read when a loader wants it. */
  readonly content: Blob
}

const files: Rule = (value) =>
  Array.isArray(value) &&
  value.every(({ path, content } = {}) => typeof path === 'string' && path !== '' && content instanceof Blob)
    ? undefined
    : 'a list of files, { path, content }: a path below the folder, and a Blob'

const folders = new Map<string, ReadonlyMap<string, Blob>>()

/**
 * Makes `given` the folder `name` for the loaders in this page or worker, in the place of what was there: `folder: name`, or an app's data folder.
 * Where it has nothing of a set, loaders look on in the cache and the network, as for SCATTERLAB_DATA. Throws ValueError for a name with a
 * slash, and for what are no files.
 *
 * @example pageFolder('dropped', [...event.dataTransfer.files].map((file) => ({ path: file.name, content: file })))
 */
export function pageFolder(name: string, given: readonly PageFile[]): void {
  checkArgument('pageFolder: name', name, aText)
  checkArgument('pageFolder: files', given, files)
  if (name.includes('/')) throw new ValueError(`the folder's name is ${name}: give one without a slash`)
  folders.set(name, new Map(given.map(({ path, content }) => [plain(path), content])))
}

/** The paths and files of the page's folder at `place`, NAME or NAME/BELOW; undefined where none is. */
export function filesOf(place: string): ReadonlyMap<string, Blob> | undefined {
  const [name, ...below] = plain(place).split('/')
  const all = folders.get(name)
  if (!all || below.length === 0) return all
  const start = `${below.join('/')}/`
  const inside = [...all].filter(([path]) => path.startsWith(start))
  return inside.length === 0 ? undefined : new Map(inside.map(([path, file]) => [path.slice(start.length), file]))
}

/** The file at NAME/PATH. Throws DatasetError NOT_FOUND where none is. */
export function fileAt(path: string): Blob {
  const [name, ...below] = plain(path).split('/')
  const file = folders.get(name)?.get(below.join('/'))
  if (file) return file
  throw new DatasetError('NOT_FOUND', `${path} is not among the files that were given: give it`, { file: path })
}

/** Whether `folder` was made by {@link pageFolder}. */
export const isPageFolder = (folder: string): boolean => folders.has(folder)

/** The bytes of a file. Throws DatasetError NOT_FOUND where it cannot be read, as it has changed since. */
export async function bytesOf(file: Blob, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new DatasetError('NOT_FOUND', `${path} cannot be read (${why}): give it again`, { file: path, cause })
  }
}

/** A path without steps that lead nowhere. */
export const plain = (path: string): string =>
  path
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/')

/** Throws ValueError: what a loader was told is no folder that was given. */
export function noFolder(folder: string): never {
  throw new ValueError(
    `folder ${folder}: a page reads no folders, give it files by \`pageFolder\`, or \`mirrors\` that serve them`,
  )
}
