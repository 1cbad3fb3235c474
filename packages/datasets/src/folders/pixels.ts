// What every decoder of this package gives, and what they share: samples of other depths to bytes, the bound on the
// size of an image, and the turning of an image as its camera was held. No format is known here.

/** A decoded image: its pixels row by row, `channels` bytes each: grey, grey and alpha, RGB, or RGB and alpha. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: number
  /** How the camera was held, 1 to 8 as EXIF numbers it; 1, upright, by default. */
  readonly orientation?: number
}

/** Throws an Error unless an image of this size may be decoded; called before memory is taken for it. */
export type SizeCheck = (width: number, height: number) => void

/** The check of a size for images of at most `maxPixels`. */
export const sizeCheck =
  (maxPixels: number): SizeCheck =>
  (width, height) => {
    if (!(width >= 1 && height >= 1)) throw new Error(`its size is ${width}×${height}`)
    if (width * height > maxPixels) {
      throw new Error(`its ${width}×${height} pixels are more than \`maxPixels\`, ${maxPixels}`)
    }
  }

/** Sample `i` of a row of samples of `depth` bits, 1 to 16, big-endian, each row from a byte of its own. */
export function sampleAt(row: Uint8Array, i: number, depth: number): number {
  if (depth === 8) return row[i]
  if (depth === 16) return (row[2 * i] << 8) | row[2 * i + 1]
  const bit = i * depth
  return (row[bit >> 3] >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
}

/** A sample from 0 to `top` as a byte from 0 to 255, rounded. */
export const toByte = (sample: number, top: number): number => Math.round((sample * 255) / top)

/** Amounts of ink, 255 for all of it, as red, green and blue: (255 - ink)(255 - black) / 255, as libjpeg's users do. */
export function inkToRgb(inks: Uint8Array): Uint8Array {
  const data = new Uint8Array((inks.length / 4) * 3)
  for (let i = 0, at = 0; i < inks.length; i += 4) {
    for (let c = 0; c < 3; c++) data[at++] = Math.round(((255 - inks[i + c]) * (255 - inks[i + 3])) / 255)
  }
  return data
}

/** The image as it was seen, by its EXIF orientation. Source: EXIF 2.32, tag 0x0112. */
export function upright({ data, width, height, channels, orientation = 1 }: Pixels): Pixels {
  if (!(orientation >= 2 && orientation <= 8)) return { data, width, height, channels }
  const turned = orientation >= 5
  const [across, down] = turned ? [height, width] : [width, height]
  // the stored axes run backwards in some orientations
  const backColumn = [2, 3, 7, 8].includes(orientation)
  const backRow = [3, 4, 6, 7].includes(orientation)
  const out = new Uint8Array(data.length)
  for (let y = 0, to = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const [row, column] = turned ? [x, y] : [y, x]
      const from = (backRow ? height - 1 - row : row) * width + (backColumn ? width - 1 - column : column)
      for (let c = 0; c < channels; c++) out[to++] = data[from * channels + c]
    }
  }
  return { data: out, width: across, height: down, channels }
}
