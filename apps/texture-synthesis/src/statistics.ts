// What tells a texture from another beside its moments: flatness of its differences, grey levels, spectrum, and whether one is a copy of
// the other.
import { type Random, random, rfft2, scope, tensor } from '@scatterlab/tensor'

/** A picture of one channel, row by row. */
export interface Picture {
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
}

/**
 * ⟨δ⁴⟩/⟨δ²⟩² of differences along rows and along columns at a lag, in pixels; the picture goes on periodically. 3 for Gaussian fields, more
 * where large differences are rare.
 */
export function flatness({ data, shape: [height, width] }: Picture, lag: number): number {
  let [second, fourth] = [0, 0]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const here = data[y * width + x]
      const right = (data[y * width + ((x + lag) % width)] - here) ** 2
      const below = (data[((y + lag) % height) * width + x] - here) ** 2
      second += right + below
      fourth += right * right + below * below
    }
  }
  const count = 2 * height * width
  return fourth / count / (second / count) ** 2
}

/** Mean distance of the grey levels of two pictures, both in order: the 1-Wasserstein distance of their histograms. */
export function histogramDistance(a: Picture, b: Picture): number {
  const [first, second] = [a, b].map(({ data }) => Float64Array.from(data).sort())
  return first.reduce((sum, v, i) => sum + Math.abs(v - second[i]), 0) / first.length
}

/** Rings with less than this share of the strongest ring's power are empty. */
const EMPTY = 1e-4

/**
 * Root mean square of the difference of the powers in dB, over rings of one frequency from 1 to half the side in which the second picture has
 * power to speak of.
 */
export function spectrumDistance(a: Picture, b: Picture): number {
  const [first, second] = [a, b].map((picture) => ringPowers(picture).slice(1))
  const least = EMPTY * Math.max(...second)
  const off = first.flatMap((power, ring) => (second[ring] < least ? [] : [10 * Math.log10(power / second[ring])]))
  return Math.sqrt(off.reduce((sum, v) => sum + v * v, 0) / off.length)
}

/** Σ|x̂|² by the nearest whole number of |k|. */
function ringPowers({ data, shape: [height, width] }: Picture): number[] {
  const spectrum = scope(() =>
    rfft2(tensor(Float64Array.from(data), [height, width]))
      .asReal()
      .toTypedArray(),
  )
  const half = Math.floor(width / 2) + 1
  const rings = Array<number>(Math.min(half, height / 2 + 1)).fill(0)
  for (let at = 0; at < height * half; at++) {
    const row = Math.floor(at / half)
    const ring = Math.round(Math.hypot(Math.min(row, height - row), at % half))
    if (ring < rings.length) rings[ring] += spectrum[2 * at] ** 2 + spectrum[2 * at + 1] ** 2
  }
  return rings
}

/** Side of the patches that are compared. */
const PATCH = 8
/** How many are looked for. */
const LOOKED_FOR = 32

/**
 * How far patches of a picture are from the nearest ones of another, over how far they are from all of them on average: the median. Near 0
 * where the picture is a copy.
 */
export function nearestPatch(picture: Picture, other: Picture, seed: number): number {
  const stream = random(`patches ${seed}`)
  const ratios = Array.from({ length: LOOKED_FOR }, () => {
    const patch = patchAt(picture, placeIn(picture, stream))
    let [nearest, sum, count] = [Infinity, 0, 0]
    const [height, width] = other.shape
    for (let y = 0; y + PATCH <= height; y++) {
      for (let x = 0; x + PATCH <= width; x++) {
        const distance = Math.sqrt(squaredDistance(patch, other, y, x))
        nearest = Math.min(nearest, distance)
        sum += distance
        count++
      }
    }
    return nearest / (sum / count)
  })
  return ratios.toSorted((a, b) => a - b)[LOOKED_FOR / 2]
}

const placeIn = ({ shape: [height, width] }: Picture, stream: Random): [number, number] => {
  const [u, v] = stream.fillUniform(new Float64Array(2))
  return [Math.floor(u * (height - PATCH + 1)), Math.floor(v * (width - PATCH + 1))]
}

function patchAt({ data, shape }: Picture, [top, left]: readonly [number, number]): Float64Array {
  return Float64Array.from(
    { length: PATCH * PATCH },
    (_, i) => data[(top + Math.floor(i / PATCH)) * shape[1] + left + (i % PATCH)],
  )
}

function squaredDistance(patch: Float64Array, { data, shape }: Picture, top: number, left: number): number {
  let sum = 0
  for (let y = 0, at = 0; y < PATCH; y++) {
    const from = (top + y) * shape[1] + left
    for (let x = 0; x < PATCH; x++, at++) sum += (patch[at] - data[from + x]) ** 2
  }
  return sum
}
