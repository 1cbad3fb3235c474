// Whether a file is as it was written: a CRC-32 of what it holds, whatever the order in which it lies there.
import type { Shape } from '@scatterlab/tensor'

/** Where the checksum stands in a file's metadata. */
export const CHECKSUM = 'scatterlab.crc32'

/** An array as it lies in a file. */
export interface LyingArray {
  readonly name: string
  readonly dtype: string
  readonly shape: Shape
  readonly bytes: Uint8Array
}

/** Eight hexadecimal digits: of the metadata but for the checksum itself, the names, types and shapes, then the numbers, by name. */
export function checksumOf(arrays: readonly LyingArray[], metadata: Readonly<Record<string, string>>): string {
  const byName = arrays.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const notes = Object.entries(metadata).filter(([name]) => name !== CHECKSUM)
  const text = [
    notes.sort(([a], [b]) => (a < b ? -1 : 1)),
    byName.map(({ name, dtype, shape }) => [name, dtype, shape]),
  ]
  const parts = [new TextEncoder().encode(JSON.stringify(text)), ...byName.map(({ bytes }) => bytes)]
  return parts
    .reduce((crc, part) => crc32(part, crc), 0)
    .toString(16)
    .padStart(8, '0')
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

/** The checksum of zip and PNG files; `before` is that of the bytes before these. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8)
  return ~crc >>> 0
}
