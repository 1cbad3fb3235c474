// Sets in the plane whose Φ is known: each has a function f with curved level sets, and a change of variable that makes them parallel.
import { type Random, type ShapedArray, random } from '@scatterlab/tensor'

/** Points of the plane, f of each, and the Φ that makes f linear. */
export interface Toy {
  readonly name: string
  /** [points, 2]. */
  readonly points: ShapedArray<Float64Array>
  readonly values: Float64Array
  /** Φ in words. */
  readonly variable: string
  readonly phi: ShapedArray<Float64Array>
}

/** Points of a level set. */
const PER_LEVEL = 100

type Point = readonly [number, number]

/** A toy from a point for each level t and place s along its level set, and Φ of points. */
function toy(
  name: string,
  variable: string,
  levels: readonly number[],
  point: (t: number, s: number, stream: Random) => Point,
  phi: (x: number, y: number) => readonly number[],
): Toy {
  const stream = random(name)
  const values = levels.flatMap((t) => Array.from({ length: PER_LEVEL }, () => t))
  const points = values.map((t, i) => point(t, (i % PER_LEVEL) / PER_LEVEL, stream))
  const mapped = points.map(([x, y]) => phi(x, y))
  const rows = (all: readonly (readonly number[])[]): ShapedArray<Float64Array> => ({
    data: Float64Array.from(all.flat()),
    shape: [all.length, all[0].length],
  })
  return { name, points: rows(points), values: Float64Array.from(values), variable, phi: rows(mapped) }
}

/** f = r² on circles: Φ adds the square of the radius. */
export const annuli = (): Toy =>
  toy(
    'annuli',
    '(x, y, x² + y²)',
    [1, 2, 3, 4],
    (t, s) => [Math.sqrt(t) * Math.cos(2 * Math.PI * s), Math.sqrt(t) * Math.sin(2 * Math.PI * s)],
    (x, y) => [x, y, x * x + y * y],
  )

/** Turns of a spiral for each unit of radius. */
const TURNS = 1.5

/** f = ±1 on the two arms of a spiral: Φ turns each radius back. */
export const spirals = (): Toy =>
  toy(
    'two spirals',
    '(cos(θ − 2πar), sin(θ − 2πar), r)',
    [-1, 1],
    (t, s) => {
      const r = 0.2 + 0.8 * s
      const angle = 2 * Math.PI * TURNS * r + (t > 0 ? 0 : Math.PI)
      return [r * Math.cos(angle), r * Math.sin(angle)]
    },
    (x, y) => {
      const r = Math.hypot(x, y)
      const angle = Math.atan2(y, x) - 2 * Math.PI * TURNS * r
      return [Math.cos(angle), Math.sin(angle), r]
    },
  )

/** f = xy, of one sign in opposite quarters of the plane: Φ adds the product. */
export const xor = (): Toy =>
  toy(
    'XOR',
    '(x, y, xy)',
    [-2, -1, 1, 2],
    (t, s, stream) => {
      const [side, stretch] = [s < 0.5 ? 1 : -1, Math.exp(stream.uniform(-1, 1))]
      return [side * stretch * Math.sqrt(Math.abs(t)), (side * Math.sign(t) * Math.sqrt(Math.abs(t))) / stretch]
    },
    (x, y) => [x, y, x * y],
  )

export const toys = (): readonly Toy[] => [annuli(), spirals(), xor()]
