// Orbits {g_t x} of digits under five one-parameter groups of deformations, and how flat they are after a representation.
import {
  curvature,
  deform,
  firstOrderResidual,
  orbit,
  principalDirections,
  randomDisplacement,
  rotate,
  scale,
  shear,
  translate,
} from '@scatterlab/symmetry'
import type { ShapedArray } from '@scatterlab/tensor'
import type { Representation } from './representations.ts'

/** g_t, for t from −1 to 1. */
export type Group = (x: ShapedArray, t: number) => ShapedArray

const border = 'zero' as const

/** Largest translation in pixels, angle, logarithm of a scale, shear, and ‖∇τ‖∞. */
export const RANGE: Readonly<Record<'pixels' | 'angle' | 'scale' | 'shear' | 'gradient', number>> = {
  pixels: 4,
  angle: Math.PI / 6,
  scale: 0.2,
  shear: 0.3,
  gradient: 0.4,
}

/** The groups. A random field τ is walked along as tτ, for which it is a group only to first order. */
export const groups = (side: number, seed: string): Readonly<Record<string, Group>> => {
  const tau = randomDisplacement({ shape: [side, side], gradient: RANGE.gradient, seed })
  return {
    translations: (x, t) => translate(x, [0, RANGE.pixels * t], { border }),
    rotations: (x, t) => rotate(x, RANGE.angle * t, { border }),
    scalings: (x, t) => scale(x, Math.exp(RANGE.scale * t), { border }),
    shears: (x, t) => shear(x, RANGE.shear * t, { border }),
    'random deformations': (x, t) => deform(x, { data: tau.data.map((v) => v * t), shape: tau.shape }, { border }),
  }
}

/** Points of an orbit: t = −1, −¾, …, 1. Translations then go by whole pixels, which move without interpolation. */
export const PARAMETERS: readonly number[] = Array.from({ length: 9 }, (_, i) => (i - 4) / 4)

/** The orbits of images [count, side, side], one after another: [count · points, side, side]. */
export function orbitsOf(images: ShapedArray, group: Group): ShapedArray {
  const [count, height, width] = images.shape
  const size = height * width
  const data = new Float32Array(count * PARAMETERS.length * size)
  for (let i = 0; i < count; i++) {
    const x = { data: images.data.subarray(i * size, (i + 1) * size), shape: [height, width] }
    data.set(orbit(x, PARAMETERS, group).data, i * PARAMETERS.length * size)
  }
  return { data, shape: [count * PARAMETERS.length, height, width] }
}

/** How flat orbits are, means over the images. */
export interface Flatness {
  /** By how many radians the orbit turns from its beginning to its end: its curvature, summed along its length. 0 where it stands still. */
  readonly turn: number
  /** Share of an orbit's variance along its first direction, and along its first two; 1 where it stands still. */
  readonly one: number
  readonly two: number
  /** What of a move to the ends is not along the tangent; 0 where the orbit stands still. */
  readonly residual: number
  /** ‖Φ(g x) − Φ(x)‖/‖Φ(x)‖ at the ends. */
  readonly distance: number
}

/** The flatness of orbits as `orbitsOf` lists them. */
export async function flatness(orbits: ShapedArray, of: Representation): Promise<Flatness> {
  const features = await of(orbits)
  const points = PARAMETERS.length
  const count = orbits.shape[0] / points
  const length = features.data.length / count
  const middle = (points - 1) / 2
  const found: Flatness[] = []
  for (let i = 0; i < count; i++) {
    const data = features.data.subarray(i * length, (i + 1) * length)
    const own = { data, shape: [points, length / points] }
    const x = data.subarray((middle * length) / points, ((middle + 1) * length) / points)
    const norm = lengthOf(x)
    const away = (at: number): number => {
      let square = 0
      for (let k = 0; k < x.length; k++) square += (data[at * x.length + k] - x[k]) ** 2
      return Math.sqrt(square) / norm
    }
    const distance = (away(0) + away(points - 1)) / 2
    const still = distance < STILL
    const { shares } = principalDirections(own, 2)
    const residuals = firstOrderResidual(own, PARAMETERS)
    found.push({
      turn: turnOf(own, norm),
      one: still ? 1 : shares[0],
      two: still ? 1 : shares[0] + (shares[1] ?? 0),
      residual: still ? 0 : (residuals[0] + residuals[points - 1]) / 2,
      distance,
    })
  }
  const over = (key: keyof Flatness): number => mean(found.map((one) => one[key]))
  return {
    turn: over('turn'),
    one: over('one'),
    two: over('two'),
    residual: over('residual'),
    distance: over('distance'),
  }
}

/** Steps shorter than this share of ‖Φ(x)‖ are rounding. */
const STILL = 1e-5

/** Σ κ·‖step‖ along points at equal parameters. */
function turnOf(points: ShapedArray, norm: number): number {
  const kappa = curvature(points)
  const length = points.data.length / points.shape[0]
  let turn = 0
  kappa.forEach((own, i) => {
    let square = 0
    for (let k = 0; k < length; k++)
      square += ((points.data[(i + 2) * length + k] - points.data[i * length + k]) / 2) ** 2
    const step = Math.sqrt(square)
    if (step > STILL * norm) turn += own * step
  })
  return turn
}

/** ‖x‖. */
export const lengthOf = (x: ArrayLike<number>): number => Math.sqrt(Array.from(x).reduce((sum, v) => sum + v * v, 0))

export const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length
