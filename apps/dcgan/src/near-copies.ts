// Copies that are nearly equal, planted so that it is known which ones there are: moved, cut, noisy, brighter, compressed. Images are bytes, plane by
// plane, channels × side × side.
import type { Random } from '@scatterlab/tensor'
import { resize, tensor } from '@scatterlab/tensor'

/** Size of an image. */
export interface ImageSize {
  readonly channels: number
  readonly side: number
}

/** Makes a copy of an image. */
export type Change = (image: Uint8Array, size: ImageSize, stream: Random) => Uint8Array

const byte = (v: number): number => Math.max(0, Math.min(255, Math.round(v)))

/** Moved by one pixel to the right, the first column held. */
export const moved: Change = (image, { side }) => image.map((_, i) => image[i % side === 0 ? i : i - 1])

/** Its edge of one pixel cut off, and brought back to size. */
export const cut: Change = (image, { channels, side }) => {
  const whole = tensor(Float32Array.from(image), [channels, side, side])
  const middle = whole.slice(null, [1, side - 1], [1, side - 1])
  return Uint8Array.from(resize(middle, [side, side]).toTypedArray(), byte)
}

/** Gaussian noise of 4 levels. */
export const noisy: Change = (image, _, stream) => image.map((v) => byte(v + 4 * stream.normal()))

/** A tenth brighter. */
export const brighter: Change = (image) => image.map((v) => byte(1.1 * v))

/** As JPEG at quality 75 loses it: luminance and chrominance in blocks of 8×8, cosine coefficients rounded to its tables, all at full resolution. */
export const compressed: Change = (image, size) => jpegLoss(image, size, 75)

export const changes: Readonly<Record<string, Change>> = {
  'moved by a pixel': moved,
  'edge of a pixel cut': cut,
  'noise of 4 levels': noisy,
  'a tenth brighter': brighter,
  'JPEG loss at quality 75': compressed,
}

// ITU-T T.81, tables K.1 and K.2
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
]
const CHROMINANCE = [
  17,
  18,
  24,
  47,
  99,
  99,
  99,
  99,
  18,
  21,
  26,
  66,
  99,
  99,
  99,
  99,
  24,
  26,
  56,
  99,
  99,
  99,
  99,
  99,
  47,
  66,
  99,
  99,
  99,
  99,
  99,
  99,
  ...Array.from({ length: 32 }, () => 99),
]

/** cos((2x + 1)uπ/16), scaled to be orthonormal. */
const COSINES = Float64Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7]
  return Math.cos(((2 * x + 1) * u * Math.PI) / 16) * (u === 0 ? Math.SQRT1_2 : 1) * 0.5
})

/** What an image is after JPEG at `quality` from 1 to 100; the side a multiple of 8. */
export function jpegLoss(image: Uint8Array, { channels, side }: ImageSize, quality: number): Uint8Array {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality
  const tables = [LUMINANCE, CHROMINANCE].map((table) =>
    table.map((v) => Math.max(1, Math.min(255, Math.floor((v * scale + 50) / 100)))),
  )
  const area = side * side
  const planes = Float64Array.from(image)
  if (channels === 3)
    for (let p = 0; p < area; p++) {
      const [r, g, b] = [image[p], image[area + p], image[2 * area + p]]
      planes[p] = 0.299 * r + 0.587 * g + 0.114 * b
      planes[area + p] = 128 - 0.168736 * r - 0.331264 * g + 0.5 * b
      planes[2 * area + p] = 128 + 0.5 * r - 0.418688 * g - 0.081312 * b
    }
  for (let c = 0; c < channels; c++)
    for (let top = 0; top < side; top += 8)
      for (let left = 0; left < side; left += 8)
        roundBlock(planes, c * area + top * side + left, side, tables[c === 0 ? 0 : 1])
  if (channels !== 3) return Uint8Array.from(planes, byte)
  const out = new Uint8Array(image.length)
  for (let p = 0; p < area; p++) {
    const [y, blue, red] = [planes[p], planes[area + p] - 128, planes[2 * area + p] - 128]
    out[p] = byte(y + 1.402 * red)
    out[area + p] = byte(y - 0.344136 * blue - 0.714136 * red)
    out[2 * area + p] = byte(y + 1.772 * blue)
  }
  return out
}

/** Rounds the cosine coefficients of a block to multiples of the table, in place. */
function roundBlock(plane: Float64Array, at: number, side: number, table: readonly number[]): void {
  const [block, half] = [new Float64Array(64), new Float64Array(64)]
  for (let i = 0; i < 64; i++) block[i] = plane[at + (i >> 3) * side + (i & 7)] - 128
  for (let y = 0; y < 8; y++)
    for (let u = 0; u < 8; u++) half[y * 8 + u] = sumOf(8, (x) => block[y * 8 + x] * COSINES[u * 8 + x])
  for (let v = 0; v < 8; v++)
    for (let u = 0; u < 8; u++) {
      const value = sumOf(8, (y) => half[y * 8 + u] * COSINES[v * 8 + y])
      const step = table[v * 8 + u]
      block[v * 8 + u] = Math.round(value / step) * step
    }
  for (let v = 0; v < 8; v++)
    for (let x = 0; x < 8; x++) half[v * 8 + x] = sumOf(8, (u) => block[v * 8 + u] * COSINES[u * 8 + x])
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++) plane[at + y * side + x] = 128 + sumOf(8, (v) => half[v * 8 + x] * COSINES[v * 8 + y])
}

function sumOf(count: number, term: (i: number) => number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += term(i)
  return sum
}

/** Moves in pixels that are tried along each axis. */
const REACH = 2

/**
 * The largest correlation of two images of one size over moves of up to 2 pixels along each axis, on what they share: 1 for copies, also brighter ones. By this,
 * and not by codes, a pair counts as near copies.
 */
export function likeness(a: Uint8Array, b: Uint8Array, { channels, side }: ImageSize): number {
  let best = -1
  for (let dy = -REACH; dy <= REACH; dy++)
    for (let dx = -REACH; dx <= REACH; dx++) {
      let [n, p, q, pp, qq, pq] = [0, 0, 0, 0, 0, 0]
      for (let c = 0; c < channels; c++)
        for (let y = Math.max(0, -dy); y < side - Math.max(0, dy); y++)
          for (let x = Math.max(0, -dx); x < side - Math.max(0, dx); x++) {
            const u = a[(c * side + y) * side + x]
            const v = b[(c * side + y + dy) * side + x + dx]
            n++
            p += u
            q += v
            pp += u * u
            qq += v * v
            pq += u * v
          }
      const spread = (pp - (p * p) / n) * (qq - (q * q) / n)
      if (spread > 0) best = Math.max(best, (pq - (p * q) / n) / Math.sqrt(spread))
    }
  return best
}
