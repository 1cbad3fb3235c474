// PNG files to pixels of one byte a channel, whatever their colour type and depth, by the library fast-png.

import { convertIndexedToRgb, decode, hasPngSignature, type DecodedPng } from 'fast-png'
import type { Pixels } from './resize.ts'

/** Whether `bytes` begin as a PNG file does. */
export const isPng = (bytes: Uint8Array): boolean => hasPngSignature(bytes)

/** The pixels of a PNG file; its checksums are verified. Throws an Error that says what is wrong with it. */
export function decodePng(bytes: Uint8Array): Pixels {
  const image = decode(bytes, { checkCrc: true })
  const { width, height, channels } = image
  if (image.palette) {
    const data = convertIndexedToRgb(image)
    return { data, width, height, channels: data.length / (width * height) }
  }
  return { data: toBytes(image), width, height, channels }
}

/** Values of `depth` bits, packed when fewer than 8, to the range of a byte. */
function toBytes({ data, depth, width, height, channels }: DecodedPng): Uint8Array {
  if (depth === 8) return new Uint8Array(data)
  if (depth === 16) return Uint8Array.from(data, (value) => Math.round(value / 257))
  const perRow = width * channels
  const rowBytes = Math.ceil((perRow * depth) / 8)
  const top = 2 ** depth - 1
  return Uint8Array.from({ length: perRow * height }, (_, i) => {
    const bit = (i % perRow) * depth
    const byte = data[Math.floor(i / perRow) * rowBytes + (bit >> 3)]
    return (((byte >> (8 - depth - (bit & 7))) & top) * 255) / top
  })
}
