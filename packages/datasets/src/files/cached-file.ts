// One published file: out of the cache if it is there and whole, else downloaded into it. A damaged file does not
// stay in the cache.

import { openCache } from '#storage'
import { download, type DownloadOptions } from './download.ts'
import { DatasetError } from '../errors.ts'
import { gunzip, isGzip, type SizeLimit } from './gzip.ts'
import type { LoadOptions } from '../sets/load-options.ts'
import { memoryCache } from './memory-cache.ts'
import { sha256 } from './sha256.ts'
import type { FileCache } from './storage.ts'

/** Where a published file may come from. */
export interface CachedFileOptions extends DownloadOptions {
  readonly cache: FileCache
  /** Folder of the file in the cache. */
  readonly directory: string
  /** Addresses of folders that hold the file, tried in order; none to stay off the network. */
  readonly mirrors: readonly string[]
  /** The most bytes that the file may have, compressed or not. */
  readonly most: number
}

/** What a file holds, and where it came from: a phrase. */
export interface CachedContent<Content> {
  readonly content: Content
  readonly origin: string
}

/** The options of {@link cachedFile} that follow from those of a loader. */
export function cachedFileOptions(
  options: LoadOptions,
  set: { readonly directory: string; readonly mirrors: readonly string[] },
): Omit<CachedFileOptions, 'most'> {
  const { cache, download = true, mirrors = set.mirrors, signal, onProgress } = options
  return {
    cache: cache === false ? memoryCache() : openCache(cache),
    directory: set.directory,
    mirrors: download ? mirrors : [],
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  }
}

/**
 * What `decode` makes of the file called `name`; `decode` refuses a file that is not the published one by a
 * DatasetError. `ways` tells how else to get the set. Throws DatasetError NOT_FOUND if the file is not in the cache and
 * there is no mirror, CORRUPT if it was there and damaged, DOWNLOAD if no mirror gave it, CACHE, or the signal's
 * reason.
 */
export async function cachedFile<Content>(
  name: string,
  decode: (bytes: Uint8Array<ArrayBuffer>) => Promise<Content>,
  ways: string,
  options: CachedFileOptions,
): Promise<CachedContent<Content>> {
  const { cache, directory, mirrors, signal, most } = options
  signal?.throwIfAborted()
  const path = `${directory}/${name}`
  try {
    const cached = await cache.read(path, most)
    if (cached) return { content: await decode(cached), origin: `cached in ${cache.place}` }
  } catch (error) {
    if (!(error instanceof DatasetError) || error.code === 'CACHE') throw error
    await cache.remove(path)
    if (mirrors.length === 0) throw removedFromCache(path, cache.place, error)
  }
  if (mirrors.length === 0) {
    const message = `${name} is not in the cache (${cache.place}) and \`download\` is off`
    throw new DatasetError('NOT_FOUND', `${message}. ${ways}`, { file: name })
  }
  const part = await cache.openPart(path)
  let whole = false
  try {
    const { url, content } = await download(name, mirrors, part, decode, options)
    await part.commit()
    whole = true
    return { content, origin: `downloaded from ${new URL('.', url).href}` }
  } catch (error) {
    if (!(error instanceof DatasetError) || error.code !== 'DOWNLOAD') throw error
    throw new DatasetError('DOWNLOAD', `${error.message}. ${ways}`, { file: name, cause: error })
  } finally {
    if (!whole) await part.leave()
  }
}

/**
 * The most bytes of a published file on its way, if it holds `content` bytes: mirrors compress it as they like, at worst
 * by gzip's blocks that store.
 */
export const mostOf = (content: number): number => content + (content >> 10) + 1024

/**
 * The decompressed bytes of a file, which some servers and mirrors decompress by themselves; the checksum is theirs, as
 * different compressions of the same content are all right; it has at most `limit` bytes. Throws DatasetError: what gunzip throws, and CORRUPT for
 * another checksum.
 */
export async function decodePublished(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  checksum: string,
  limit?: SizeLimit,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = isGzip(bytes) || bytes.length === 0 ? await gunzip(bytes, name, limit) : bytes
  if ((await sha256(content)) === checksum) return content
  throw new DatasetError('CORRUPT', `${name} is not the published file (its checksum differs)`, { file: name })
}

const removedFromCache = (path: string, place: string, cause: DatasetError): DatasetError =>
  new DatasetError(
    'CORRUPT',
    `${path} in ${place} was damaged and has been removed: allow \`download\` to get it again`,
    {
      file: path,
      cause,
    },
  )
