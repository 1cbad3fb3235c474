// An image pulled back: out(u) = x(p(u)) for positions p that are the same for all planes, or each plane's own. All
// actions but the exact translation end here.
import type { Rules, ShapedArray } from '@scatterlab/tensor'
import { type Border, aBorder } from './border.ts'
import { type Interpolation, anInterpolation, sampler } from './interpolation.ts'
import { type Planes, type Size, likePlanes } from './planes.ts'

/** How values are found between pixels and outside the image. */
export interface WarpOptions {
  /** Default `spline`. */
  readonly interpolation?: Interpolation
  /** Default `reflect`. */
  readonly border?: Border
}

export const warpRules: Rules<WarpOptions> = { interpolation: anInterpolation, border: aBorder }

/** Where each pixel of a result lies in the source, row and column, in pixels. */
export interface Positions {
  readonly y: Float64Array
  readonly x: Float64Array
}

/** The planes at the positions that `positionsOf` gives for each. */
export function warp(
  planes: Planes,
  positionsOf: (plane: number) => Positions,
  { interpolation = 'spline', border = 'reflect' }: WarpOptions,
): ShapedArray {
  const out = likePlanes(planes)
  const { data, size } = planes
  const length = size[0] * size[1]
  for (let plane = 0, at = 0; at < data.length; plane++, at += length) {
    const { y, x } = positionsOf(plane)
    sampler(data.subarray(at, at + length), size, interpolation, border)(y, x, out.data.subarray(at, at + length))
  }
  return out
}

/** Positions by a rule on (row, column). */
export function positions([height, width]: Size, rule: (row: number, column: number, at: number) => Place): Positions {
  const [y, x] = [new Float64Array(height * width), new Float64Array(height * width)]
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) [y[at], x[at]] = rule(row, column, at)
  }
  return { y, x }
}

type Place = readonly [y: number, x: number]
