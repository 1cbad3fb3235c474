// How the outputs of a convolution are cut into tiles for minimal filtering: as few tiles along an axis as cover it, nearly all
// of as many outputs as the scheme has and some of one less, so that next to nothing is computed beyond the border. Only arithmetic.
import { type Scheme, pointsOf } from './axis-transforms.ts'

/** Tiles along an axis, the larger ones first. */
export interface AxisTiles {
  readonly scheme: Scheme
  /** Tiles of the scheme's outputs, and of one less. */
  readonly larger: number
  readonly smaller: number
  /** Outputs that they cover. */
  readonly covered: number
}

/** The tiles of an axis of `length` outputs. */
export function axisTiles(length: number, scheme: Scheme): AxisTiles {
  const { outputs: side } = scheme
  const tiles = Math.ceil(length / side)
  const smaller = Math.min(tiles, tiles * side - length)
  return { scheme, larger: tiles - smaller, smaller, covered: tiles * side - smaller }
}

/** Tiles of an axis. */
export const tileCount = ({ larger, smaller }: AxisTiles): number => larger + smaller

/** Products along an axis: of both axes, their product is that of the whole image. */
export const axisPoints = ({ scheme, larger, smaller }: AxisTiles): number =>
  larger * pointsOf(scheme) + smaller * (pointsOf(scheme) - 1)

/** The tiles from `first`, at most `count`. */
export function axisPart({ scheme, larger, smaller }: AxisTiles, first: number, count: number): AxisTiles {
  const last = Math.min(first + count, larger + smaller)
  const own = Math.max(0, Math.min(last, larger) - first)
  const rest = last - first - own
  return { scheme, larger: own, smaller: rest, covered: own * scheme.outputs + rest * (scheme.outputs - 1) }
}

/** The outputs before tile `index`. */
export const outputsBefore = ({ scheme: { outputs }, larger }: AxisTiles, index: number): number =>
  Math.min(index, larger) * outputs + Math.max(0, index - larger) * (outputs - 1)

/** Tiles of one height and width: which image, and the first output along both axes. */
export interface TilesOfClass {
  readonly height: number
  readonly width: number
  readonly places: readonly (readonly [image: number, y: number, x: number])[]
}

/** The tiles of some images, class by class: larger ones first, in y, then in x. Empty classes are left out. */
export function tilesByClass(images: number, y: AxisTiles, x: AxisTiles): TilesOfClass[] {
  const side = y.scheme.outputs
  const starts = (axis: AxisTiles, outputs: number): number[] =>
    outputs === side
      ? Array.from({ length: axis.larger }, (_, i) => outputsBefore(axis, i))
      : Array.from({ length: axis.smaller }, (_, i) => outputsBefore(axis, axis.larger + i))
  const sides = [side, side - 1]
  return sides
    .flatMap((height) =>
      sides.map((width) => ({
        height,
        width,
        places: Array.from({ length: images }, (_, n) =>
          starts(y, height).flatMap((top) => starts(x, width).map((left) => [n, top, left] as const)),
        ).flat(),
      })),
    )
    .filter(({ places }) => places.length > 0)
}

/** For a point of the transform, tiles that have it: runs of neighbours in the order of `tilesByClass`. */
export interface PointTiles {
  readonly point: number
  readonly first: number
  readonly count: number
}

/** The runs of tiles that have each point. */
export function tilesByPoint(classes: readonly TilesOfClass[], scheme: Scheme): PointTiles[] {
  const points = pointsOf(scheme)
  const runs: PointTiles[] = []
  for (let i = 0; i < points; i++) {
    for (let j = 0; j < points; j++) {
      let first = 0
      let open: { point: number; first: number; count: number } | null = null
      for (const { height, width, places } of classes) {
        const has = i < height + scheme.taps - 1 && j < width + scheme.taps - 1
        if (has && open === null) runs.push((open = { point: i * points + j, first, count: 0 }))
        if (has) open!.count += places.length
        else open = null
        first += places.length
      }
    }
  }
  return runs
}
