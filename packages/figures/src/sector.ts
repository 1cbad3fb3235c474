// Where each scattering path lies on the disk: which ring and which angle, as annular sectors. Geometry only.

import { ValueError, wholeNumber } from '@scatterlab/tensor'
import { checkArgument, numbers } from './rules.ts'
import { FigureError } from './errors.ts'

/** A path of a scattering transform: one scale and one angle for each order. */
export interface ScatteringPath {
  /** m, the number of wavelets on the path. */
  readonly order: number
  /** j1, j2, …: log2 of the scales; a small one is a high frequency. */
  readonly scales: ArrayLike<number>
  /** θ1, θ2, … in radians, in [0, π). */
  readonly angles: ArrayLike<number>
}

/** An annular sector: radii as fractions of the disk's, angles in radians counter-clockwise from the right. */
export interface Sector {
  readonly inner: number
  readonly outer: number
  readonly from: number
  readonly to: number
}

/** How the disk is laid out. */
export interface DiskLayout {
  /** `log`: rings of equal width. `linear`: radii in proportion to frequency, an octave half as wide as the next. */
  readonly radius: 'log' | 'linear'
  /** What turns a second-order sector: θ2 itself, or θ2 − θ1, with 0 in the middle of the sector of θ1. */
  readonly secondAngle: 'absolute' | 'relative'
}

const close = 1e-6
const hole = 0.16

const distinct = (values: readonly number[]): readonly number[] =>
  values.toSorted((a, b) => a - b).filter((value, i, all) => i === 0 || value - all[i - 1]! > close)

const indexIn = (all: readonly number[], value: number): number =>
  all.findIndex((other) => Math.abs(other - value) <= 2 * close)

// edges half-way between neighbours, the outer ones as far out as the nearest inner ones
const edgesOf = (values: readonly number[]): readonly number[] => {
  const middles = values.slice(1).map((value, i) => (value + values[i]!) / 2)
  const n = values.length
  if (n === 1) return [values[0]! - 0.5, values[0]! + 0.5]
  return [2 * values[0]! - middles[0]!, ...middles, 2 * values[n - 1]! - middles[n - 2]!]
}

// sectors of the half-circle: edges half-way to the neighbours, the last angle's neighbour being the first plus π
const spansOf = (angles: readonly number[]): readonly (readonly [number, number])[] =>
  angles.map((angle, i) => {
    const before = i === 0 ? angles.at(-1)! - Math.PI : angles[i - 1]!
    const after = i === angles.length - 1 ? angles[0]! + Math.PI : angles[i + 1]!
    return [(before + angle) / 2, (angle + after) / 2]
  })

const turned = (angle: number): number => ((angle % Math.PI) + Math.PI) % Math.PI

/** Throws {@link FigureError} unless `path` has a scale and an angle in [0, π) for each of its orders. */
export const checkPath = (path: ScatteringPath, index: number): void => {
  const { order, scales, angles } = Object(path) as ScatteringPath
  checkArgument(`paths[${index}]: order`, order, wholeNumber(0, 16))
  checkArgument(`paths[${index}]: scales`, scales, numbers)
  checkArgument(`paths[${index}]: angles`, angles, numbers)
  if (scales.length !== order || angles.length !== order) {
    throw new FigureError(
      'LENGTH_MISMATCH',
      `paths[${index}] has order ${order} but ${scales.length} scales, ${angles.length} angles: give ${order} of each`,
    )
  }
  for (let m = 0; m < order; m++) {
    if (!Number.isFinite(scales[m])) {
      throw new FigureError('NON_FINITE', `paths[${index}]: scale ${m} is ${scales[m]}: give log2 of a scale`)
    }
    if (!(angles[m]! >= 0 && angles[m]! < Math.PI)) {
      throw new ValueError(`paths[${index}]: angle ${m} is ${angles[m]}: give radians in [0, π)`)
    }
  }
}

/**
 * The sector of each of `paths`, all of order 1 or all of order 2, in the half-disk that θ1 spans; its mirror image
 * through the centre belongs to it too. `first` holds the first scales and angles that divide the disk.
 * Order 2 divides the sector of (j1, θ1): rings by j2, the smallest outermost, and angles by θ2.
 * Throws ValueError for two paths with the same scales and angles.
 */
export const sectorsOf = (
  paths: readonly ScatteringPath[],
  first: readonly ScatteringPath[],
  { radius, secondAngle }: DiskLayout,
): readonly Sector[] => {
  const scales = distinct(first.map((path) => path.scales[0]!))
  const angles = distinct(first.map((path) => path.angles[0]!))
  const edges = edgesOf(scales)
  const [outermost, innermost] = [edges[0]!, edges.at(-1)!]
  const radiusAt = (edge: number): number =>
    radius === 'linear' ? 2 ** (outermost - edge) : 1 - ((1 - hole) * (edge - outermost)) / (innermost - outermost)
  const spans = spansOf(angles)
  const second = (path: ScatteringPath): number =>
    secondAngle === 'absolute'
      ? path.angles[1]!
      : turned(path.angles[1]! - path.angles[0]! + Math.PI / 2 + close) - close
  const seconds = paths[0]?.order === 2 ? distinct(paths.map(second)) : []
  const depths = new Map<number, readonly number[]>()
  if (seconds.length > 0) {
    scales.forEach((scale, ring) => {
      const below = paths.filter((path) => Math.abs(path.scales[0]! - scale) <= close)
      depths.set(ring, distinct(below.map((path) => path.scales[1]!)))
    })
  }
  const taken = new Set<string>()
  return paths.map((path) => {
    const ring = indexIn(scales, path.scales[0]!)
    const [from, to] = spans[indexIn(angles, path.angles[0]!)]!
    const [outer, inner] = [radiusAt(edges[ring]!), radiusAt(edges[ring + 1]!)]
    const depth = path.order === 1 ? [0] : depths.get(ring)!
    const k = path.order === 1 ? 0 : indexIn(depth, path.scales[1]!)
    const turns = Math.max(1, seconds.length)
    const l = path.order === 1 ? 0 : indexIn(seconds, second(path))
    const key = `${ring} ${from} ${k} ${l}`
    if (taken.has(key)) {
      const name = `scales [${Array.from(path.scales).join(', ')}] and angles [${Array.from(path.angles).join(', ')}]`
      throw new ValueError(`two paths have ${name}: give each path once`)
    }
    taken.add(key)
    return {
      outer: outer - ((outer - inner) * k) / depth.length,
      inner: outer - ((outer - inner) * (k + 1)) / depth.length,
      from: from + ((to - from) * l) / turns,
      to: from + ((to - from) * (l + 1)) / turns,
    }
  })
}
