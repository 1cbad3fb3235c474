// Discs at random places that keep a distance from one another, from a seed.
import { type ShapedArray, ValueError, aSeed, checkOptions, positive, random, wholeNumbers } from '@scatterlab/tensor'

/** Which discs. */
export interface PoissonDiscsOptions {
  /** Size of the picture in pixels. */
  readonly shape: readonly [height: number, width: number]
  /** Least distance of two centres, in pixels. */
  readonly distance: number
  /** Of the discs, in pixels. Default a third of the distance. */
  readonly radius?: number
  /** Default 0. */
  readonly seed?: number | string
}

/** The picture, 1 inside discs and 0 outside, and where they are. */
export interface PoissonDiscs extends ShapedArray<Float32Array> {
  /** The middle of each disc, in pixels from the top left corner, in the order in which they were found. */
  readonly centres: readonly (readonly [row: number, column: number])[]
}

/** Places that are tried around a disc before it is given up. */
const TRIALS = 30

/**
 * Discs whose centres are at least `distance` apart, as dense as places at random between one and two distances from another disc make them
 * (Bridson 2007). The picture is periodic. Throws `ValueError` for options out of range, and for a distance beyond the sides.
 */
export function poissonDiscs(given: PoissonDiscsOptions): PoissonDiscs {
  const rules = { shape: wholeNumbers(2, 1, 4096), distance: positive, radius: positive, seed: aSeed }
  const { shape, distance, seed = 0, radius = distance / 3 } = checkOptions('poissonDiscs', given, rules, ['shape', 'distance'])
  const [height, width] = shape
  const most = Math.min(height, width)
  if (distance > most || distance < 1)
    throw new ValueError(`poissonDiscs: distance is ${distance} on ${height}×${width}: give 1 to ${most}`)
  if (radius > most / 2)
    throw new ValueError(`poissonDiscs: radius is ${radius} on ${height}×${width}: give at most ${most / 2}`)
  const stream = random(seed)
  // cells of at most distance/√2: at most one centre in each
  const [rows, columns] = [height, width].map((side) => Math.ceil((side * Math.SQRT2) / distance))
  const cells = new Int32Array(rows * columns).fill(-1)
  const centres: [number, number][] = []
  const cellOf = (y: number, x: number): [number, number] => [
    Math.min(rows - 1, Math.floor((y / height) * rows)),
    Math.min(columns - 1, Math.floor((x / width) * columns)),
  ]
  const isFree = (y: number, x: number): boolean => {
    const [row, column] = cellOf(y, x)
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        const found = cells[modulo(row + dy, rows) * columns + modulo(column + dx, columns)]
        if (found >= 0 && apart(centres[found], [y, x], shape) < distance) return false
      }
    }
    return true
  }
  const place = (y: number, x: number): void => {
    const [row, column] = cellOf(y, x)
    cells[row * columns + column] = centres.length
    active.push(centres.length)
    centres.push([y, x])
  }
  const active: number[] = []
  place(height * stream.uniform(), width * stream.uniform())
  while (active.length > 0) {
    const at = stream.integer(0, active.length)
    const [y, x] = centres[active[at]]
    let isDone = true
    for (let trial = 0; trial < TRIALS && isDone; trial++) {
      // uniform in the ring from one distance to two
      const r = distance * Math.sqrt(1 + 3 * stream.uniform())
      const angle = 2 * Math.PI * stream.uniform()
      const [row, column] = [modulo(y + r * Math.sin(angle), height), modulo(x + r * Math.cos(angle), width)]
      if (!isFree(row, column)) continue
      place(row, column)
      isDone = false
    }
    if (isDone) active.splice(at, 1)
  }
  return { data: drawn(centres, shape, radius), shape: [height, width], centres }
}

function drawn(
  centres: PoissonDiscs['centres'],
  shape: readonly [number, number],
  radius: number,
): Float32Array {
  const [height, width] = shape
  const data = new Float32Array(height * width)
  const reach = Math.ceil(radius)
  for (const [y, x] of centres) {
    for (let row = Math.floor(y) - reach; row <= y + reach; row++) {
      for (let column = Math.floor(x) - reach; column <= x + reach; column++)
        if (Math.hypot(row - y, column - x) <= radius)
          data[modulo(row, height) * width + modulo(column, width)] = 1
    }
  }
  return data
}

/** Distance on the periodic picture. */
function apart(a: readonly [number, number], b: readonly [number, number], shape: readonly [number, number]): number {
  const along = [0, 1].map((axis) => {
    const d = Math.abs(a[axis] - b[axis])
    return Math.min(d, shape[axis] - d)
  })
  return Math.hypot(along[0], along[1])
}

const modulo = (i: number, n: number): number => ((i % n) + n) % n
