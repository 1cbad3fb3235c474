// JPEG files to pixels, for Node: by libjpeg-turbo in WebAssembly, which is fast, and what it refuses by jpeg-js, which
// also reads four colours (CMYK) and passes over stray bytes between the parts of a file. Damaged and incomplete files
// are errors with both.

import { createRequire } from 'node:module'
import { decode as decodeSlowly } from 'jpeg-js'
import type { Pixels } from './resize.ts'

/** What is used of the library, which has no types of its own. */
interface Turbo {
  readonly JPEGDecoder: new () => {
    getEncodedBuffer(length: number): Uint8Array
    decode(): void
    getFrameInfo(): { readonly width: number; readonly height: number; readonly componentCount: number }
    getDecodedBuffer(): Uint8Array | Uint8ClampedArray
    delete(): void
  }
}
type CreateTurbo = (options: { print: () => void; printErr: () => void }) => Promise<Turbo>

const require = createRequire(import.meta.url)
const createTurbo = require('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs') as CreateTurbo

let turbo: Promise<Turbo> | undefined

/** Whether `bytes` begin as a JPEG file does. */
export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8

/** The pixels of a JPEG file as stored, whatever orientation its EXIF data tell. Throws an Error that says why. */
export async function decodeJpeg(bytes: Uint8Array): Promise<Pixels> {
  const silent = { print: () => {}, printErr: () => {} }
  turbo ??= createTurbo(silent)
  const { JPEGDecoder } = await turbo
  const decoder = new JPEGDecoder()
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes)
    decoder.decode()
    const { width, height, componentCount } = decoder.getFrameInfo()
    return { data: new Uint8Array(decoder.getDecodedBuffer()), width, height, channels: componentCount }
  } catch {
    turbo = undefined // what it holds for this file cannot be freed: a fresh one takes its place
    const options = { useTArray: true, formatAsRGBA: false, tolerantDecoding: false, maxMemoryUsageInMB: 2048 } as const
    const { data, width, height } = decodeSlowly(bytes, options)
    return { data, width, height, channels: 3 }
  } finally {
    decoder.delete()
  }
}
