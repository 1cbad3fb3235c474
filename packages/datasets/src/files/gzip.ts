// Gzip files to bytes by the engine's own decoder, which checks length and CRC-32; its errors made ours.

import { DatasetError } from '../errors.ts'

/** Whether `bytes` begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * What the gzip file `bytes` holds; `file` is its name in errors. Throws DatasetError: EMPTY, FORMAT if it is no gzip
 * file, TRUNCATED if it was cut short (CORRUPT in an engine that does not tell), or CORRUPT if it is damaged.
 */
export async function gunzip(bytes: Uint8Array, file = 'gzip file'): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes.length === 0) throw new DatasetError('EMPTY', `${file} is empty: get it again`, { file })
  if (!isGzip(bytes)) {
    throw new DatasetError('FORMAT', `${file} is not a gzip file: it lacks the bytes 1f 8b at its start`, { file })
  }
  try {
    const content = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream('gzip'))
    return new Uint8Array(await new Response(content).arrayBuffer())
  } catch (cause) {
    if (isEndOfInput(cause)) {
      throw new DatasetError('TRUNCATED', `${file} ends too early: it was cut short, get it again`, { file, cause })
    }
    throw new DatasetError('CORRUPT', `${file} is damaged: get it again`, { file, cause })
  }
}

// Z_BUF_ERROR is Node's; pages have but a text, different in each browser.
function isEndOfInput(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  return code === 'Z_BUF_ERROR' || /truncated|unexpected end|without reaching the stream end/i.test(error.message)
}
