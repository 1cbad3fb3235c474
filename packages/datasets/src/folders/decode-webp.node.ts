// WebP files to pixels by libwebp in WebAssembly; of an animation the first frame. The container is read here: the
// decoder takes the data of one image.

import { require } from './require.node.ts'
import type { Pixels, SizeCheck } from './pixels.ts'
import { exifOrientation } from './tiff-directory.ts'

interface Decoder {
  decode(bytes: Uint8Array): { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number }
}
type Chunks = ReadonlyMap<string, Uint8Array>

const textAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))
const u24 = (bytes: Uint8Array, at: number): number => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)

/** The pixels of a WebP file. Throws an Error that says what is wrong with it. Source: RFC 9649. */
export function decodeWebp(bytes: Uint8Array, check: SizeCheck): Pixels {
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(4, true)
  if (bytes.length < 8 + size) throw new Error('it ends too early')
  const chunks = chunksOf(bytes.subarray(12, 8 + size))
  const orientation = exifOrientation(chunks.get('EXIF'))
  const frame = chunks.get('ANMF')
  if (frame === undefined) return { ...still(chunks, check), orientation }
  const canvas = chunks.get('VP8X')
  if (canvas === undefined || canvas.length < 10 || frame.length < 16) throw new Error('it ends too early')
  const [width, height] = [u24(canvas, 4) + 1, u24(canvas, 7) + 1]
  check(width, height)
  const [left, top] = [2 * u24(frame, 0), 2 * u24(frame, 3)]
  const image = still(chunksOf(frame.subarray(16)), check)
  if (left + image.width > width || top + image.height > height)
    throw new Error('its first frame is larger than the image')
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < image.height; y++) {
    data.set(image.data.subarray(4 * y * image.width, 4 * (y + 1) * image.width), 4 * ((top + y) * width + left))
  }
  return { data, width, height, channels: 4, orientation }
}

/** The parts of a file or of a frame, the first of each kind. */
function chunksOf(bytes: Uint8Array): Chunks {
  const chunks = new Map<string, Uint8Array>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true)
    if (at + 8 + size > bytes.length) throw new Error('it ends too early')
    const name = textAt(bytes, at)
    if (!chunks.has(name)) chunks.set(name, bytes.subarray(at + 8, at + 8 + size))
    at += 8 + size + (size & 1)
  }
  return chunks
}

/** The image of one frame, as a file of its own: lossless, or lossy with its transparency left out. */
function still(chunks: Chunks, check: SizeCheck): Pixels {
  const lossless = chunks.get('VP8L')
  const data = lossless ?? chunks.get('VP8 ')
  if (data === undefined || data.length < 10) throw new Error('it holds no image')
  const packed = data[1] | (data[2] << 8) | (data[3] << 16) | (data[4] << 24)
  if (lossless) check((packed & 0x3fff) + 1, ((packed >> 14) & 0x3fff) + 1)
  else check((data[6] | (data[7] << 8)) & 0x3fff, (data[8] | (data[9] << 8)) & 0x3fff)
  const size = data.length + (data.length & 1)
  const file = new Uint8Array(20 + size)
  const view = new DataView(file.buffer)
  for (const [at, text] of [
    [0, 'RIFF'],
    [8, 'WEBP'],
    [12, lossless ? 'VP8L' : 'VP8 '],
  ] as const) {
    for (let i = 0; i < 4; i++) file[at + i] = text.charCodeAt(i)
  }
  view.setUint32(4, 12 + size, true)
  view.setUint32(16, data.length, true)
  file.set(data, 20)
  const { data: pixels, width, height } = (require('@cwasm/webp') as Decoder).decode(file)
  return { data: new Uint8Array(pixels.buffer), width, height, channels: 4 }
}
