// Images as their details at one scale after another: each level less what the next coarser one says of it (Burt & Adelson 1983).
import { type ShapedArray, sizeOf } from '@scatterlab/tensor'

/** Planes [planes, side, side] of one level. */
export interface Level {
  readonly side: number
  readonly data: Float32Array
}

/** [1 4 6 4 1]/16 along each axis. */
const FILTER = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16]

/**
 * The levels of square images [items, channels, side, side], finest first, down to the `coarsest` side, which is left as it is. Edges are mirrored
 * without their own pixel. The levels add up to the image: I = L₀ + up(L₁ + up(L₂ + …)).
 */
export function laplacianPyramid({ data, shape }: ShapedArray, coarsest: number): Level[] {
  const planes = sizeOf(shape.slice(0, 2))
  let fine: Level = { side: shape[2], data: Float32Array.from(data) }
  const levels: Level[] = []
  while (fine.side > coarsest) {
    const coarse = reduced(fine, planes)
    const known = expanded(coarse, planes)
    levels.push({ side: fine.side, data: fine.data.map((v, i) => v - known.data[i]) })
    fine = coarse
  }
  return [...levels, fine]
}

/** Every second pixel of the smoothed planes. */
export function reduced({ side, data }: Level, planes: number): Level {
  const half = side / 2
  const out = new Float32Array(planes * half * half)
  const smooth = smoothed({ side, data }, planes, FILTER)
  for (let p = 0; p < planes; p++)
    for (let y = 0; y < half; y++)
      for (let x = 0; x < half; x++) out[(p * half + y) * half + x] = smooth[(p * side + 2 * y) * side + 2 * x]
  return { side: half, data: out }
}

/** Twice the side: zeros between the pixels, smoothed by twice the filter along each axis. */
export function expanded({ side, data }: Level, planes: number): Level {
  const whole = 2 * side
  const spread = new Float32Array(planes * whole * whole)
  for (let p = 0; p < planes; p++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) spread[(p * whole + 2 * y) * whole + 2 * x] = data[(p * side + y) * side + x]
  const double = FILTER.map((v) => 2 * v)
  return { side: whole, data: smoothed({ side: whole, data: spread }, planes, double) }
}

function smoothed({ side, data }: Level, planes: number, filter: readonly number[]): Float32Array {
  const across = new Float32Array(data.length)
  const out = new Float32Array(data.length)
  const at = Array.from({ length: side }, (_, i) => filter.map((_, k) => mirrored(i + k - 2, side)))
  for (let row = 0; row < planes * side; row++)
    for (let x = 0; x < side; x++) {
      let sum = 0
      for (let k = 0; k < 5; k++) sum += filter[k] * data[row * side + at[x][k]]
      across[row * side + x] = sum
    }
  for (let p = 0; p < planes; p++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        let sum = 0
        for (let k = 0; k < 5; k++) sum += filter[k] * across[(p * side + at[y][k]) * side + x]
        out[(p * side + y) * side + x] = sum
      }
  return out
}

const mirrored = (i: number, side: number): number => (i < 0 ? -i : i >= side ? 2 * (side - 1) - i : i)
