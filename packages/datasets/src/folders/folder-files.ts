// Finds the files of a set in the user's folder: all of them in one place, or none. Reads, judges no content.

import { dataFolder, mayLack, readFirst } from '#storage'
import { DatasetError } from '../errors.ts'
import type { SizeLimit } from '../files/gzip.ts'
import type { LoadOptions } from '../sets/load-options.ts'

/** A file as found; `path` names it in errors. */
export interface FoundFile {
  readonly path: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What to look for, and what to tell who lacks it. */
export interface FolderQuery<Role extends string> {
  readonly title: string
  /** Subfolders to look in, in this order; '.' for the folder itself. */
  readonly places: readonly string[]
  /** The names that each file goes by, the published one first. */
  readonly names: Readonly<Record<Role, readonly string[]>>
  /** The ways to get the set, as sentences. */
  readonly ways: string
  /** The most bytes that each file may hold. */
  readonly limit: SizeLimit
}

/**
 * The files in `folder`, or else in the environment's data folder; undefined if the latter, or a folder of a page, has none of them, or
 * none is named.
 * Throws DatasetError NOT_FOUND if `folder` lacks them or either holds only some, or the signal's reason.
 */
export async function filesInFolder<Role extends string>(
  { title, places, names, ways, limit }: FolderQuery<Role>,
  { folder, signal }: LoadOptions,
): Promise<{ readonly files: Record<Role, FoundFile>; readonly folder: string } | undefined> {
  const root = folder ?? dataFolder()
  if (root === undefined) return undefined
  const roles = Object.keys(names) as Role[]
  for (const place of places) {
    const files: Partial<Record<Role, FoundFile>> = {}
    for (const role of roles) {
      signal?.throwIfAborted()
      const paths = names[role].map((name) => `${place}/${name}`)
      const file = await readFirst(root, paths, limit)
      if (file) files[role] = file
    }
    const missing = roles.filter((role) => files[role] === undefined).map((role) => names[role][0])
    if (missing.length === 0) return { files: files as Record<Role, FoundFile>, folder: root }
    if (missing.length < roles.length) {
      const message = `${root} holds only some of the files of ${title}, not ${missing.join(', ')}`
      const fix = mayLack(root) ? 'Give these too.' : ways
      throw new DatasetError('NOT_FOUND', `${message}. ${fix}`, { file: missing[0] })
    }
  }
  if (folder === undefined || mayLack(folder)) return undefined
  const subfolders = places.filter((place) => place !== '.').join(' or ')
  const looked = `${title} is not in the folder ${folder}, nor in ${subfolders} there`
  throw new DatasetError('NOT_FOUND', `${looked}. ${ways}`, { file: names[roles[0]][0] })
}

/** Whether `error` says that a set is nowhere, where something else may stand for it: no folder was named that must hold it. */
export const isNowhere = (error: unknown, folder: string | undefined): boolean =>
  folder === undefined || (mayLack(folder) && error instanceof DatasetError && error.code === 'DOWNLOAD')
