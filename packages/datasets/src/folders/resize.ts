// Decoded images of any size to planes of one size: scaled along each axis by itself, cut out of the middle or
// stretched, and made red, green and blue. Decoding is elsewhere.

import type { CropSize } from '../augmentation/crops.ts'
import type { Pixels } from './pixels.ts'

/** How an image takes its place in a batch. */
export interface Fit {
  /** Height and width that the image is scaled to cover, keeping its aspect, or with `stretch` to fill exactly. */
  readonly size: CropSize
  readonly stretch: boolean
  /** Height and width that are cut out of the middle then. */
  readonly crop: CropSize
}

/**
 * Planes [3, crop height, crop width] of the image: scaled so that it just covers `size` (the shorter side of a square
 * one), the middle cut out. A side that shrinks takes the mean over the area of each new pixel, one that grows
 * interpolates linearly between the centres of the old ones. Grey counts for all three channels; alpha is left out.
 */
export function fitted({ data, width, height, channels }: Pixels, fit: Fit): Uint8Array<ArrayBuffer> {
  const { size, crop } = fit
  const [fullHeight, fullWidth] = fit.stretch ? size : covering([height, width], size)
  const rows = tapsOf(height, fullHeight, (fullHeight - crop[0]) >> 1, crop[0])
  const columns = tapsOf(width, fullWidth, (fullWidth - crop[1]) >> 1, crop[1])
  const area = crop[0] * crop[1]
  const planes = new Uint8Array(3 * area)
  const colours = channels < 3 ? 1 : 3
  const firstRow = rows.starts[0]
  const lines = new Float32Array((rows.starts[crop[0] - 1] + rows.length - firstRow) * crop[1])
  for (let colour = 0; colour < colours; colour++) {
    for (let at = 0, from = firstRow * width * channels + colour; at < lines.length; from += width * channels) {
      for (let x = 0; x < crop[1]; x++, at++) {
        const start = from + columns.starts[x] * channels
        let sum = 0
        for (let k = 0; k < columns.length; k++) {
          sum += columns.weights[x * columns.length + k] * data[start + k * channels]
        }
        lines[at] = sum
      }
    }
    for (let y = 0, at = colour * area; y < crop[0]; y++) {
      const from = (rows.starts[y] - firstRow) * crop[1]
      for (let x = 0; x < crop[1]; x++, at++) {
        let sum = 0.5
        for (let k = 0; k < rows.length; k++) sum += rows.weights[y * rows.length + k] * lines[from + k * crop[1] + x]
        planes[at] = sum
      }
    }
  }
  if (colours === 1) planes.copyWithin(area, 0, area).copyWithin(2 * area, 0, area)
  return planes
}

/** The least size of the same aspect, rounded, that covers `size`. */
function covering([height, width]: CropSize, size: CropSize): CropSize {
  return size[0] * width >= size[1] * height
    ? [size[0], Math.max(size[1], Math.round((width * size[0]) / height))]
    : [Math.max(size[0], Math.round((height * size[1]) / width)), size[1]]
}

/** New value i is Σ_k weights[i · length + k] · old[starts[i] + k]. */
interface Taps {
  readonly starts: Int32Array
  readonly weights: Float64Array
  readonly length: number
}

/** The `count` new values from `first` on, when `from` old ones become `to` new ones. */
function tapsOf(from: number, to: number, first: number, count: number): Taps {
  const scale = from / to
  const length = Math.min(from, to < from ? Math.ceil(scale) + 1 : 2)
  const starts = new Int32Array(count)
  const weights = new Float64Array(count * length)
  for (let i = 0; i < count; i++) {
    const begin = (first + i) * scale
    const centre = Math.min(Math.max(begin + (scale - 1) / 2, 0), from - 1)
    starts[i] = Math.min(Math.floor(to < from ? begin : centre), from - length)
    for (let k = 0; k < length; k++) {
      const old = starts[i] + k
      const weight =
        to < from ? (Math.min(begin + scale, old + 1) - Math.max(begin, old)) / scale : 1 - Math.abs(old - centre)
      weights[i * length + k] = Math.max(0, weight)
    }
  }
  return { starts, weights, length }
}
