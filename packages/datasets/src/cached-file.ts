// One published file by its checksum: out of the cache if it is there and whole, else downloaded into it. What is damaged does
// not stay in the cache.

import { download, type DownloadOptions } from './download.ts'
import { DatasetError } from './errors.ts'
import { gunzip, isGzip } from './gzip.ts'
import { sha256 } from './sha256.ts'
import type { FileCache } from './storage.ts'

/** A file as published: gzip under its name on every mirror, known by what it holds. */
export interface PublishedFile {
  readonly name: string
  /** SHA-256 of the decompressed bytes, as different compressions of the same content are all right. */
  readonly sha256: string
}

/** Where a published file may come from. */
export interface CachedFileOptions extends DownloadOptions {
  readonly cache: FileCache
  /** Folder of the file in the cache. */
  readonly directory: string
  /** Addresses of folders that hold the file, tried in order; none to stay off the network. */
  readonly mirrors: readonly string[]
}

/** The decompressed bytes of a file, and where they came from: a phrase. */
export interface FileContent {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly origin: string
}

/**
 * The content of `file`, undefined if it is not in the cache and there is no mirror. Throws DatasetError CORRUPT if the cached
 * file was damaged and there is no mirror, DOWNLOAD if no mirror gave it, CACHE, or the signal's reason.
 */
export async function cachedFile(file: PublishedFile, options: CachedFileOptions): Promise<FileContent | undefined> {
  const { cache, directory, mirrors, signal } = options
  signal?.throwIfAborted()
  const path = `${directory}/${file.name}`
  const cached = await cache.read(path)
  if (cached) {
    try {
      return { bytes: await decode(cached, file), origin: `cached in ${cache.place}` }
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error
      await cache.remove(path)
      if (mirrors.length === 0) throw removedFromCache(path, cache.place, error)
    }
  }
  if (mirrors.length === 0) return undefined
  const part = await cache.openPart(path)
  let whole = false
  try {
    const { url, content } = await download(file.name, mirrors, part, (bytes) => decode(bytes, file), options)
    await part.commit()
    whole = true
    return { bytes: content, origin: `downloaded from ${new URL('.', url).href}` }
  } finally {
    if (!whole) await part.leave()
  }
}

/** Decompresses and compares with the checksum; some servers and mirrors decompress by themselves. */
async function decode(bytes: Uint8Array<ArrayBuffer>, file: PublishedFile): Promise<Uint8Array<ArrayBuffer>> {
  const content = isGzip(bytes) || bytes.length === 0 ? await gunzip(bytes, file.name) : bytes
  if ((await sha256(content)) !== file.sha256) {
    throw new DatasetError('CORRUPT', `${file.name} is not the published file (its checksum differs)`, {
      file: file.name,
    })
  }
  return content
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
