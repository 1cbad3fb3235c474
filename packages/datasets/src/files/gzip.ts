// Gzip files to bytes by the engine's own decoder, which checks length and CRC-32; its errors made ours. What comes out
// is bounded while it comes, so that a small file cannot fill the memory.

import { inflated } from '#inflate'
import { wholeNumber, checkArgument } from '@scatterlab/tensor'
import { aName, bytesOfFile } from '../rules.ts'
import { DatasetError } from '../errors.ts'

/** The most bytes that a file may hold: a number, or what its first bytes say; `file` is its name in errors. */
export type SizeLimit = number | ((start: Uint8Array, file: string) => number)

/** The greatest array of bytes that every engine makes. */
export const MAX_BYTES: number = 2 ** 31 - 1

/** Whether `bytes` begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * What the gzip file `bytes` holds, all of its members one after the other; zeros may follow. `file` is its name in
 * errors, `limit` the most bytes that may come out. Throws DatasetError: EMPTY, FORMAT if it is no gzip file, TRUNCATED
 * if it was cut short (CORRUPT in an engine that does not tell), CORRUPT if it is damaged or holds more than `limit`;
 * and what `limit` throws. In a page a file of several members is CORRUPT. Source: RFC 1952.
 */
export async function gunzip(
  bytes: Uint8Array,
  file = 'gzip file',
  limit: SizeLimit = MAX_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  checkArgument('gunzip: bytes', bytes, bytesOfFile)
  checkArgument('gunzip: file', file, aName)
  if (typeof limit !== 'function') checkArgument('gunzip: limit', limit, wholeNumber(0))
  if (bytes.length === 0) throw new DatasetError('EMPTY', `${file} is empty: get it again`, { file })
  if (!isGzip(bytes)) {
    throw new DatasetError('FORMAT', `${file} is not a gzip file: it lacks the bytes 1f 8b at its start`, { file })
  }
  const chunks: Uint8Array[] = []
  let [size, most] = [0, typeof limit === 'number' ? limit : -1]
  try {
    for await (const chunk of inflated(bytes)) {
      if (typeof limit === 'function' && size === 0) most = limit(chunk, file)
      size += chunk.length
      if (size > most) {
        const message = `${file} holds more than the ${most} bytes that belong in it: get it again`
        throw new DatasetError('CORRUPT', message, { file })
      }
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause
    if (isEndOfInput(cause)) {
      throw new DatasetError('TRUNCATED', `${file} ends too early: it was cut short, get it again`, { file, cause })
    }
    throw new DatasetError('CORRUPT', `${file} is damaged: get it again`, { file, cause })
  }
  return joined(chunks, size)
}

/** The chunks as one array of `size` bytes. */
export function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

// Z_BUF_ERROR is Node's; pages have but a text, different in each browser.
function isEndOfInput(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  return code === 'Z_BUF_ERROR' || /truncated|unexpected end|without reaching the stream end/i.test(error.message)
}
