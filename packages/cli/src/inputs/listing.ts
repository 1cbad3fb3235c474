// What an input is: a folder of images or sounds, a set of images, an array; and its files, in an order that is the same everywhere.
import { opendir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isImageName } from '@scatterlab/datasets/image'
import { UsageError } from '../errors.ts'

/** A file of an input; `name` is its path below the folder, with forward slashes. */
export interface ListedFile {
  readonly name: string
  readonly bytes: number
  /**
   * Last change of the file or of its entry (ctime), in milliseconds, which no program can set back; no part of what a run is told apart by.
   */
  readonly changed: number
}

/** What was found. */
export interface Listing {
  readonly kind: 'images' | 'sounds' | 'idx' | 'cifar10' | 'array'
  /** The folder, or the folder of the one file. */
  readonly folder: string
  readonly files: readonly ListedFile[]
  /** Files that are neither images nor sounds by their names. */
  readonly passedOver: number
}

/** So many files are looked at at once. */
const TOGETHER = 64

const isSound = (name: string): boolean => /\.wave?$/i.test(name)
const isArray = (name: string): boolean => /\.np[yz]$/i.test(name)
const isIdx = (name: string): boolean => /idx\d[-.]u?byte(\.gz)?$|\.idx(\.gz)?$/i.test(name)

/** One of each of CIFAR-10's six files, the plain one where there are several. */
function cifarFiles(all: readonly ListedFile[]): ListedFile[] {
  const byBatch = new Map<string, ListedFile>()
  for (const file of all) {
    const batch = /^(data_batch_[1-5]|test_batch)(\.bin)?(\.gz)?$/.exec(file.name)?.[1]
    if (batch !== undefined && !byBatch.has(batch)) byBatch.set(batch, file)
  }
  return [...byBatch.values()]
}

/**
 * Looks at `path`. Throws {@link UsageError}: `NO_SUCH_INPUT`; `EMPTY_INPUT` for a folder without images and sounds; `MIXED_INPUT` for one
 * with both.
 */
export async function listInput(path: string): Promise<Listing> {
  const found = await stat(path).catch((cause: Error) => {
    throw new UsageError('NO_SUCH_INPUT', `there is no file or folder '${path}' that can be read (${cause.message})`, {
      cause,
    })
  })
  if (!found.isDirectory()) return oneFile(path, found)
  const all = await filesBelow(path, '')
  const cifar = cifarFiles(all)
  if (cifar.length === 6) return { kind: 'cifar10', folder: path, files: cifar, passedOver: all.length - cifar.length }
  const images = all.filter(({ name }) => isImageName(name))
  const sounds = all.filter(({ name }) => isSound(name))
  if (images.length > 0 && sounds.length > 0) {
    const counts = `${images.length} images and ${sounds.length} sounds`
    throw new UsageError('MIXED_INPUT', `'${path}' holds ${counts}: give folders of one kind`)
  }
  const files = images.length > 0 ? images : sounds
  if (files.length === 0) {
    const what = all.length === 0 ? 'is empty' : `holds ${all.length} files, but no image and no .wav by their names`
    throw new UsageError(
      'EMPTY_INPUT',
      `'${path}' ${what}: give a folder of images or sounds, an array, IDX or CIFAR-10`,
    )
  }
  return { kind: images.length > 0 ? 'images' : 'sounds', folder: path, files, passedOver: all.length - files.length }
}

function oneFile(path: string, { size, ctimeMs }: { size: number; ctimeMs: number }): Listing {
  const name = basename(path)
  const kind = isArray(name)
    ? 'array'
    : isIdx(name)
      ? 'idx'
      : isImageName(name)
        ? 'images'
        : isSound(name)
          ? 'sounds'
          : null
  if (kind === null) {
    throw new UsageError(
      'NO_SUCH_INPUT',
      `'${path}' is no input by its name: .npy, .npz, idx-ubyte, an image or .wav are read`,
    )
  }
  const folder = path.slice(0, path.length - name.length) || '.'
  return { kind, folder, files: [{ name, bytes: size, changed: ctimeMs }], passedOver: 0 }
}

/** The same files as they are now; undefined if the folder is not to be seen. */
export async function listedNow(folder: string, files: readonly ListedFile[]): Promise<ListedFile[] | undefined> {
  if (!(await stat(folder).catch(() => undefined))) return undefined
  const now: ListedFile[] = []
  for (let at = 0; at < files.length; at += TOGETHER) {
    const some = files.slice(at, at + TOGETHER).map(async ({ name }) => {
      const found = await stat(join(folder, name)).catch(() => undefined)
      return { name, bytes: found?.size ?? 0, changed: found?.ctimeMs ?? 0 }
    })
    for (const file of await Promise.all(some)) now.push(file)
  }
  return now
}

/** Every file below a folder, links followed, hidden ones left out; folder by folder, by name in the order of code units. */
async function filesBelow(folder: string, below: string, above: readonly string[] = []): Promise<ListedFile[]> {
  const { dev, ino } = await stat(folder)
  const identity = `${dev}:${ino}`
  if (above.includes(identity)) return []
  const names: string[] = []
  for await (const { name } of await opendir(folder)) if (!name.startsWith('.')) names.push(name)
  names.sort((a, b) => (a < b ? -1 : 1))
  const files: ListedFile[] = []
  for (const name of names) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found?.isDirectory()) {
      for (const file of await filesBelow(path, `${below}${name}/`, [...above, identity])) files.push(file)
    }
    // a link to nothing is listed, and is unreadable then
    else if (!found || found.isFile())
      files.push({ name: below + name, bytes: found?.size ?? 0, changed: found?.ctimeMs ?? 0 })
  }
  return files
}
