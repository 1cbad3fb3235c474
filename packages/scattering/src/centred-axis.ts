// The grid of one axis of an image that may turn: all that is kept lies symmetrically about the image's centre, at every resolution, so
// that a turn by 90° only moves numbers. Of an even length the centre lies between pixels: the grid's points then lie there too.
import type { Padding, Taps } from './sampling.ts'

/** One axis of a padded grid whose point `centre` is the centre of the image. */
export interface CentredAxis {
  readonly length: number
  /** Length of the grid, a multiple of 2^levels. */
  readonly padded: number
  /** A point of the grid at every resolution. */
  readonly centre: number
  /** The padded image at the points of the grid, of the pixels: its matrix. */
  readonly extension: Taps
  /** Positions on the grid of the window averages that are kept. */
  readonly kept: readonly number[]
  /** First point inside the image, and how many, on the grid subsampled by 2^level. */
  readonly inside: (level: number) => { readonly first: number; readonly count: number }
}

/** How an axis is laid out. */
export interface CentredLayout {
  readonly length: number
  readonly padding: Padding
  /** log₂ of the window 2^J. */
  readonly octaves: number
  /** Distance of the averages that are kept. */
  readonly stride: number
}

/**
 * The grid of `length` pixels: padded as for `scattering2d`, to a multiple of 2^J. The image goes on beyond its edges pixel by pixel; where
 * both ways round give another pixel, their mean stands there. Between pixels the padded, periodic line is interpolated by Fourier.
 */
export function centredAxis({ length, padding, octaves, stride }: CentredLayout): CentredAxis {
  const block = 2 ** octaves
  const padded = padding === 'periodic' ? length : (Math.floor((length + block) / block) + 1) * block
  const coarsest = 2 ** Math.min(octaves, halvings(padded))
  const centre = coarsest * Math.floor(padded / 2 / coarsest)
  const count = Math.ceil(length / stride)
  return {
    length,
    padded,
    centre,
    extension: extensionOf(length, padded, centre, padding),
    kept: Array.from({ length: count }, (_, i) => centre + (i - (count - 1) / 2) * stride),
    inside(level) {
      const step = 2 ** level
      if (padding === 'periodic') return { first: 0, count: padded / step }
      const reach = Math.floor((length - 1) / 2 / step)
      return { first: centre / step - reach, count: 2 * reach + 1 }
    },
  }
}

function halvings(length: number): number {
  let count = 0
  while (length % 2 ** (count + 1) === 0) count++
  return count
}

/** [padded, length]: what each pixel gives each point of the grid. */
function extensionOf(length: number, padded: number, centre: number, padding: Padding): Taps {
  const weights = new Float64Array(padded * length)
  const middle = (length - 1) / 2
  // distances from the centre of the periodic line's own samples: whole for odd lengths, halves for even ones
  const shift = middle - Math.floor(middle)
  const samples = Array.from({ length: padded }, (_, i) => i - Math.floor(padded / 2) + shift)
  for (const at of samples) {
    const places = 2 * Math.abs(at) === padded ? [at, -at] : [at]
    for (const place of places) {
      const pixel = pixelAt(place + middle, length, padding)
      if (pixel < 0) continue
      for (let point = 0; point < padded; point++) {
        weights[point * length + pixel] += periodicSinc(point - centre - at, padded) / places.length
      }
    }
  }
  return { starts: new Int32Array(padded), width: length, weights }
}

/** The pixel that stands at a place; −1 for zero. */
function pixelAt(at: number, length: number, padding: Padding): number {
  if (at >= 0 && at < length) return at
  if (padding === 'zero') return -1
  if (padding === 'periodic') return ((at % length) + length) % length
  const period = Math.max(1, 2 * (length - 1))
  const folded = ((at % period) + period) % period
  return folded < length ? folded : period - folded
}

/** The band-limited interpolation of one sample on a circle of n: 1 at 0, 0 at other whole distances. */
function periodicSinc(distance: number, n: number): number {
  if (Number.isInteger(distance)) return distance % n === 0 ? 1 : 0
  const angle = (Math.PI * distance) / n
  return Math.sin(Math.PI * distance) / (n * (n % 2 === 0 ? Math.tan(angle) : Math.sin(angle)))
}
