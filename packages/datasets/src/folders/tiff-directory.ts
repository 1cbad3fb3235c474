// The directory at the start of a TIFF file, which is also the form of EXIF data: tags and their numbers. No pixels.

/** Numbers by tag; texts and fractions are left out. */
export type TiffDirectory = ReadonlyMap<number, readonly number[]>

const ORIENTATION = 0x0112
const BYTES_OF: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 7: 1 }
const MOST_VALUES = 2 ** 20

/** The first directory, and the order of bytes. Throws an Error for what is no TIFF. Source: TIFF 6.0, section 2. */
export function tiffDirectory(bytes: Uint8Array): {
  readonly directory: TiffDirectory
  readonly littleEndian: boolean
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const littleEndian = bytes[0] === 0x49
  const number = (at: number, size: number): number => {
    if (at + size > bytes.length) throw new Error('it ends too early')
    return size === 1
      ? view.getUint8(at)
      : size === 2
        ? view.getUint16(at, littleEndian)
        : view.getUint32(at, littleEndian)
  }
  if (number(2, 2) !== 42) throw new Error('it has no directory')
  const start = number(4, 4)
  const directory = new Map<number, readonly number[]>()
  for (let entry = start + 2, end = entry + 12 * number(start, 2); entry < end; entry += 12) {
    const [tag, type, count] = [number(entry, 2), number(entry + 2, 2), number(entry + 4, 4)]
    const size = BYTES_OF[type]
    if (size === undefined) continue
    if (count > MOST_VALUES) throw new Error(`tag ${tag} has ${count} values`)
    const at = count * size <= 4 ? entry + 8 : number(entry + 8, 4)
    const values = Array.from({ length: count }, (_, i) => number(at + i * size, size))
    directory.set(tag, values)
  }
  return { directory, littleEndian }
}

/** The orientation in EXIF data, from 1 to 8; 1 where they say nothing, or cannot be read. */
export function exifOrientation(exif: Uint8Array | undefined): number {
  if (exif === undefined) return 1
  try {
    // some programs put JPEG's own mark before them
    return orientationIn(tiffDirectory(exif[0] === 0x45 ? exif.subarray(6) : exif).directory)
  } catch {
    return 1 // damaged notes do not make an image unreadable
  }
}

/** The orientation that a directory tells. */
export const orientationIn = (directory: TiffDirectory): number => directory.get(ORIENTATION)?.[0] ?? 1
