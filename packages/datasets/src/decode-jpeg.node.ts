// JPEG files to pixels, for Node: by libjpeg-turbo in WebAssembly, those of four colours (CMYK), which it does not turn
// into RGB, by jpeg-js. Damaged and incomplete files are errors with both.

import { createRequire } from 'node:module'
import { decode as decodeSlowly } from 'jpeg-js'
import type { Pixels } from './resize.ts'

/** What is used of the library, which has no types of its own. */
interface Turbo {
  readonly JPEGDecoder: new () => {
    getEncodedBuffer(length: number): Uint8Array
    decode(): void
    getFrameInfo(): { readonly width: number; readonly height: number; readonly componentCount: number }
    getDecodedBuffer(): Uint8Array
    delete(): void
  }
}
type CreateTurbo = (options: { printErr: (line: string) => void }) => Promise<Turbo>

const require = createRequire(import.meta.url)
const createTurbo = require('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs') as CreateTurbo

let complaints: string[] = []
let turbo: Promise<Turbo> | undefined

/** Whether `bytes` begin as a JPEG file does. */
export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8

/** The pixels of a JPEG file, as stored: an orientation in its EXIF data is not applied. Throws an Error that says why. */
export async function decodeJpeg(bytes: Uint8Array): Promise<Pixels> {
  if (coloursOf(bytes) === 4) {
    const options = { useTArray: true, formatAsRGBA: false, tolerantDecoding: false, maxMemoryUsageInMB: 2048 } as const
    const { data, width, height } = decodeSlowly(bytes, options)
    return { data, width, height, channels: 3 }
  }
  turbo ??= createTurbo({ printErr: (line) => complaints.push(line) })
  const { JPEGDecoder } = await turbo
  complaints = []
  const decoder = new JPEGDecoder()
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes)
    decoder.decode()
    const { width, height, componentCount } = decoder.getFrameInfo()
    return { data: decoder.getDecodedBuffer().slice(), width, height, channels: componentCount }
  } catch (cause) {
    turbo = undefined // what it held for this file cannot be freed: a fresh one takes its place
    throw new Error(complaints[0] ?? 'damaged JPEG data', { cause })
  } finally {
    decoder.delete()
  }
}

/** The number of colours that the frame header tells, undefined if there is none before the image data. */
function coloursOf(bytes: Uint8Array): number | undefined {
  for (let at = 2; bytes[at] === 0xff && at + 9 < bytes.length; at += 2 + bytes[at + 2] * 256 + bytes[at + 3]) {
    const marker = bytes[at + 1]
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) return bytes[at + 9]
  }
  return undefined
}
