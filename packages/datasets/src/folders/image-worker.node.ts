// What runs on each thread of an image reader: takes a path, answers with the planes of the image or why there are
// none. The bytes are handed over, not copied.

import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { decodeJpeg, isJpeg } from './decode-jpeg.node.ts'
import { decodePng, isPng } from './decode-png.ts'
import { fitted, type Fit, type Pixels } from './resize.ts'

/** An image to be read. */
export interface ImageTask {
  readonly path: string
  readonly fit: Fit
}

/** What came of it. */
export type ImageAnswer =
  | { readonly planes: Uint8Array<ArrayBuffer> }
  | { readonly failure: 'unreadable' | 'undecodable'; readonly reason: string }

parentPort?.on('message', (task: ImageTask) => {
  void answerTo(task).then((answer) =>
    parentPort?.postMessage(answer, 'planes' in answer ? [answer.planes.buffer] : []),
  )
})

async function answerTo({ path, fit }: ImageTask): Promise<ImageAnswer> {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    return { failure: 'unreadable', reason: messageOf(error) }
  }
  try {
    return { planes: fitted(await decoded(bytes), fit) }
  } catch (error) {
    return { failure: 'undecodable', reason: messageOf(error) }
  }
}

/** By what the file is, not by its name: ImageNet has a PNG among its `.JPEG` files. */
async function decoded(bytes: Uint8Array): Promise<Pixels> {
  if (isJpeg(bytes)) return decodeJpeg(bytes)
  if (isPng(bytes)) return decodePng(bytes)
  throw new Error(bytes.length === 0 ? 'it is empty' : 'it is neither JPEG nor PNG')
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
