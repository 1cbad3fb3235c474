// What stands before the pixels of a JPEG file: its size, how its colours are stored, and its EXIF data.

/** What of it is needed; `size` is undefined where the file does not say it before its pixels. */
export interface JpegHeader {
  readonly size:
    | { readonly width: number; readonly height: number; readonly components: number; readonly depth: number }
    | undefined
  /** Where the number of each component's table of quantisation stands. */
  readonly tables: readonly number[]
  /** Whether Adobe's part says how the colours are stored. */
  readonly adobe: boolean
  readonly exif: Uint8Array | undefined
}

const [APP1, APP14, START_OF_SCAN, END] = [0xe1, 0xee, 0xda, 0xd9]
// C4, C8 and CC are other parts between the kinds of frames
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
const begins = (bytes: Uint8Array, text: string): boolean =>
  [...text].every((letter, i) => bytes[i] === letter.charCodeAt(0))

/** The header of a JPEG file; what cannot be read is left to the decoder. Source: ITU-T T.81, annex B; EXIF 2.32. */
export function jpegHeader(bytes: Uint8Array): JpegHeader {
  let size: JpegHeader['size']
  let tables: readonly number[] = []
  let adobe = false
  let exif: Uint8Array | undefined
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1]
    if (bytes[at] !== 0xff || marker === 0xff || marker === 0 || (marker >= 0xd0 && marker <= 0xd8)) {
      at++ // stray bytes, fillers, and parts without content
      continue
    }
    if (marker === START_OF_SCAN || marker === END) break
    const length = (bytes[at + 2] << 8) | bytes[at + 3]
    const part = bytes.subarray(at + 4, at + 2 + length)
    if (isFrame(marker) && part.length >= 6) {
      const components = part[5]
      size = { height: (part[1] << 8) | part[2], width: (part[3] << 8) | part[4], components, depth: part[0] }
      tables = Array.from({ length: components }, (_, i) => at + 4 + 6 + 3 * i + 2)
    }
    if (marker === APP14 && begins(part, 'Adobe')) adobe = true
    if (marker === APP1 && begins(part, 'Exif\0\0')) exif ??= part.subarray(6)
    at += 2 + Math.max(length, 2)
  }
  return { size, tables, adobe, exif }
}
