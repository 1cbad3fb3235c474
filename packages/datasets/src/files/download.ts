// Downloads one file from several mirrors into a part that outlives interruptions, and accepts it by its checksum
// alone. It knows nothing of what the file holds.

import { DatasetError } from '../errors.ts'
import type { FilePart } from './storage.ts'

/** How far the download of one file is. */
export interface DownloadProgress {
  /** Name of the file that is wanted. */
  readonly file: string
  /** The address it comes from now; another mirror has another. */
  readonly url: string
  /** Bytes there, those of an earlier, interrupted download included. */
  readonly received: number
  /** Bytes in all, undefined if the server does not say. */
  readonly total: number | undefined
}

/** What a download may be given. */
export interface DownloadOptions {
  /** Stops it; what is there is kept, and the next download of the same file goes on from it. */
  readonly signal?: AbortSignal | undefined
  /** Called as bytes arrive. */
  readonly onProgress?: (progress: DownloadProgress) => void
}

/** The body of an answer that cannot be the file. */
class Endless extends Error {}

const MAX_ATTEMPTS = 5
const MAX_SILENCE_MS = 15_000

/**
 * Fills `part` with `file` from the first of `mirrors` (addresses of folders) that has it, and returns what `decode`
 * makes of it together with the address. A connection that breaks is taken up again where it broke; content that
 * `decode` refuses with a DatasetError is thrown away, and so are more than `most` bytes. Throws DatasetError DOWNLOAD
 * with every mirror's reason, or the signal's reason.
 */
export async function download<Content>(
  file: string,
  mirrors: readonly string[],
  part: FilePart,
  decode: (bytes: Uint8Array<ArrayBuffer>) => Promise<Content>,
  options: DownloadOptions & { readonly most: number },
): Promise<{ readonly url: string; readonly content: Content }> {
  const reasons: string[] = []
  for (const mirror of mirrors) {
    const url = `${mirror.replace(/\/$/, '')}/${file}`
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const before = part.size
      try {
        await receive(file, url, part, options)
      } catch (error) {
        options.signal?.throwIfAborted()
        if (error instanceof DatasetError) throw error
        reasons.push(`${url}: ${reasonOf(error)}`)
        if (error instanceof Endless) await part.clear()
        if (error instanceof Endless || part.size === before) break
        continue
      }
      try {
        return { url, content: await decode(await part.bytes()) }
      } catch (error) {
        if (!(error instanceof DatasetError)) throw error
        await part.clear()
        reasons.push(`${url}: ${error.message}`)
        if (before === 0) break
      }
    }
  }
  throw new DatasetError('DOWNLOAD', `${file} could not be downloaded (${[...new Set(reasons)].join('; ')})`, { file })
}

async function receive(
  file: string,
  url: string,
  part: FilePart,
  { signal, onProgress, most }: DownloadOptions & { readonly most: number },
): Promise<void> {
  const silence = new AbortController()
  const giveUp = () => silence.abort(new Error(`nothing came for ${MAX_SILENCE_MS / 1000} seconds`))
  let timer = setTimeout(giveUp, MAX_SILENCE_MS)
  try {
    const response = await fetch(url, {
      ...(part.size > 0 && { headers: { range: `bytes=${part.size}-` } }),
      signal: AbortSignal.any(signal ? [signal, silence.signal] : [silence.signal]),
    })
    const range = contentRange(response)
    if (response.status === 416 && range.total === part.size) return
    if (!response.ok || response.body === null) {
      await response.body?.cancel()
      if (response.status === 416) await part.clear()
      throw new Error(`HTTP ${response.status}`)
    }
    const start = response.status === 206 ? range.start : 0
    if (start !== part.size) await part.clear()
    if (start !== part.size) {
      await response.body.cancel()
      throw new Error('the server sent another range than it was asked for')
    }
    const total = range.total ?? contentLength(response)
    const reader = response.body.getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      clearTimeout(timer)
      timer = setTimeout(giveUp, MAX_SILENCE_MS)
      if (Math.max(total ?? 0, part.size + read.value.length) > most) {
        await reader.cancel()
        throw new Endless(`it has more than the ${most} bytes of the published file`)
      }
      await part.append(read.value)
      onProgress?.({ file, url, received: part.size, total })
    }
  } finally {
    clearTimeout(timer)
  }
}

// "bytes 100-199/200", or of a range that is refused "bytes *" and the total.
function contentRange(response: Response): { start?: number; total?: number } {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(response.headers.get('content-range') ?? '')
  if (!match) return {}
  const [, start, total] = match
  return { ...(start !== undefined && { start: Number(start) }), total: Number(total) }
}

/** What the body counts; unknown if it was compressed for the way. */
function contentLength(response: Response): number | undefined {
  const length = response.headers.get('content-length')
  return length === null || response.headers.has('content-encoding') ? undefined : Number(length)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
