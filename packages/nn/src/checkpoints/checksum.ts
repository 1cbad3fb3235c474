// Whether a file is as it was written: a CRC-32 of what it holds, whatever the order in which it lies there.
import { type Shape, checksum } from '@scatterlab/tensor'

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
  return checksum(new TextEncoder().encode(JSON.stringify(text)), ...byName.map(({ bytes }) => bytes))
}
