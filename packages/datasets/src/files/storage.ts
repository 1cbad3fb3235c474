// The agreement of the two files behind `#storage`: one keeps files in folders (Node), the other in the browser's Cache
// API.

import { DatasetError } from '../errors.ts'
import { MAX_BYTES, type SizeLimit, isGzip } from './gzip.ts'

/** Downloaded files, kept between runs. Names have forward slashes. */
export interface FileCache {
  /** Where the files are, for messages. */
  readonly place: string
  /** The bytes of the file `name`, if it is there; throws DatasetError CACHE, or CORRUPT for more than `most` bytes. */
  read(name: string, most?: number): Promise<Uint8Array<ArrayBuffer> | undefined>
  remove(name: string): Promise<void>
  /** The part of `name` that an interrupted download left, or an empty one; nobody else writes to it meanwhile. */
  openPart(name: string): Promise<FilePart>
}

/** A file that is being downloaded. Exactly one of `commit`, `leave` and `discard` ends it. */
export interface FilePart {
  /** Bytes that are there. */
  readonly size: number
  append(chunk: Uint8Array): Promise<void>
  clear(): Promise<void>
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  /** Makes the part the cached file, all at once. */
  commit(): Promise<void>
  /** Keeps it for a later download to go on with. */
  leave(): Promise<void>
}

/** Where files are looked for and kept. */
export interface Storage {
  /** The data folder that the environment names, if it does. */
  dataFolder(): string | undefined
  /** Whether a set that `folder` has nothing of is looked for elsewhere, though the folder was named. */
  mayLack(folder: string): boolean
  /**
   * The first of `names` that is a file in `folder`, with its full path. Throws DatasetError: NOT_FOUND if it may not be
   * read, CORRUPT if it is longer than `limit`, before it is read. What the first bytes say of a gzip file is not its length.
   */
  readFirst(
    folder: string,
    names: readonly string[],
    limit?: SizeLimit,
  ): Promise<{ readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined>
  /** The cache in `place`, by default the one that all programs of this user share. */
  openCache(place?: string): FileCache
}

/** How many bytes of a file say what it holds. */
export const START_BYTES = 64

/** Throws DatasetError CORRUPT if the file at `path` is longer than `limit`. What the first bytes say of a gzip file is not its length. */
export function checkLength(path: string, size: number, start: Uint8Array, limit: SizeLimit = MAX_BYTES): void {
  const most = typeof limit === 'number' ? limit : isGzip(start) ? MAX_BYTES : limit(start, path)
  if (size <= most) return
  const message = `${path} has ${size} bytes, more than the ${most} that belong in it: get it again`
  throw new DatasetError('CORRUPT', message, { file: path })
}

/** The error of a cache that fails. */
export function cacheError(place: string, cause: unknown): DatasetError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const fix = 'give another folder as `cache` or in SCATTERLAB_CACHE, or `cache: false` to keep nothing'
  return new DatasetError('CACHE', `the cache ${place} does not work (${why}): ${fix}`, { cause })
}
