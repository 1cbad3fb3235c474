// One image: from its file to planes of the wanted size, or to the reason why there are none. It runs on worker threads,
// and on the main thread where a bundle has no file for them.

import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { checkKind, decodeImage, KIND_BYTES } from './decode-image.node.ts'
import { fitted, type Fit } from './resize.ts'

/** An image to be read. */
export interface ImageTask {
  readonly path: string | Uint8Array
  readonly fit: Fit
  /** The most pixels that the image may have. */
  readonly maxPixels: number
}

/** What came of it. */
export type ImageAnswer =
  | { readonly planes: Uint8Array<ArrayBuffer> }
  | { readonly failure: 'unreadable' | 'undecodable'; readonly reason: string }

/** Reads, decodes and resizes. */
export async function readImage({ path, fit, maxPixels }: ImageTask): Promise<ImageAnswer> {
  let bytes: Uint8Array | Error
  try {
    bytes = bytesOf(typeof path === 'string' ? path : Buffer.from(path), maxPixels)
  } catch (error) {
    return { failure: 'unreadable', reason: messageOf(error) }
  }
  try {
    if (bytes instanceof Error) throw bytes
    return { planes: fitted(await decodeImage(bytes, maxPixels), fit) }
  } catch (error) {
    return { failure: 'undecodable', reason: messageOf(error) }
  }
}

/** The bytes of a file, or what is wrong with it: of a file of another kind only the start is read. */
function bytesOf(path: string | Buffer, maxPixels: number): Uint8Array | Error {
  const file = openSync(path, 'r')
  try {
    const start = new Uint8Array(KIND_BYTES)
    const count = readSync(file, start, 0, KIND_BYTES, 0)
    try {
      checkKind(start.subarray(0, count))
    } catch (error) {
      return error as Error
    }
    const { size } = fstatSync(file)
    // no kind takes more for pixels of a byte a channel, and one of 16 bits is as large as four of them
    const most = 4 * maxPixels + 2 ** 20
    if (size > most) return new Error(`its ${size} bytes are more than ${most}, four a pixel of \`maxPixels\``)
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
