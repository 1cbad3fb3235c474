// Where a set of pictures is: in an archive or in folders, at one of the places below the folder that was given. For sets that are not
// downloaded.

import { filesBelow, readBytes } from '#texture-files'
import { gunzip } from './gzip.ts'
import { tarFiles } from './tar.ts'

/** Where to look, and what for. */
export interface Wanted {
  /** Folders below the given one, in order; `.` is the given one. */
  readonly places: readonly string[]
  /** Names of archives, .tar.gz, that are read in the place of folders. */
  readonly archives: readonly string[]
  /** The most bytes of a decompressed archive. */
  readonly most: number
  /** Whether a path below a place is one of the set. */
  isOwn(file: string): boolean
}

/** A set that was found. */
export interface FoundFiles {
  /** The archive, or the folder. */
  readonly place: string
  /** Paths of all files, in the order of code units. */
  readonly files: readonly string[]
  /** The archive's own bytes, where there is one. */
  readonly archive?: Uint8Array<ArrayBuffer>
  /** The bytes of one of `files`. */
  read(file: string): Promise<Uint8Array>
}

/** The first place that has an archive or a file of the set; undefined where none has. Throws DatasetError for an archive that is damaged. */
export async function archiveOrFolder(
  root: string,
  { places, archives, most, isOwn }: Wanted,
): Promise<FoundFiles | undefined> {
  for (const place of places.map((name) => (name === '.' ? root : `${root}/${name}`))) {
    const files = await filesBelow(place)
    const name = archives.find((one) => files?.includes(one))
    if (name !== undefined) {
      const archive = new Uint8Array(await readBytes(`${place}/${name}`))
      const inside = tarFiles(await gunzip(archive, name, most), name)
      return {
        place: `${place}/${name}`,
        files: [...inside.keys()].sort((a, b) => (a < b ? -1 : 1)),
        archive,
        read: async (file) => inside.get(file)!,
      }
    }
    if (files?.some(isOwn)) return { place, files, read: (file) => readBytes(`${place}/${file}`) }
  }
  return undefined
}
