// The space that generators draw from: points, the paths between them, and sums of them.
import {
  type Rules,
  type ShapedArray,
  ShapeError,
  ValueError,
  aSeed,
  checkArgument,
  checkOptions,
  formatShape,
  notNegative,
  oneOf,
  random,
  someNumbers,
  wholeNumber,
} from '@scatterlab/tensor'
import { aCount, aLaw } from './arguments.ts'
import type { Gan } from './dcgan.ts'

/** Points z, one a row. */
export type Points = ShapedArray<Float32Array, readonly [count: number, latent: number]>

/** `count` points from a generator's law, by a seed. */
export function latentPoints(of: Pick<Gan, 'latent' | 'law'>, count: number, seed: number | string = 0): Points {
  checkArgument('latentPoints: the networks', of, aLaw)
  const { latent, law } = of
  checkArgument('latentPoints: count', count, aCount)
  checkArgument('latentPoints: seed', seed, aSeed)
  const stream = random(seed)
  const data = new Float32Array(count * latent)
  if (law === 'normal') stream.fillNormal(data)
  else {
    stream.fillUniform(data)
    data.forEach((v, i) => (data[i] = 2 * v - 1))
  }
  return { data, shape: [count, latent] }
}

/** How points are joined. */
export interface PathOptions {
  /** Points from one to the next, the first of them included. Default 8. */
  readonly steps?: number
  /** `linear`: straight lines; `spherical`: great circles, which keep the length that Gaussian z have. Default `linear`. */
  readonly path?: 'linear' | 'spherical'
}

const rules: Rules<PathOptions> = { steps: wholeNumber(1, 65_536), path: oneOf('linear', 'spherical') }

/** Points on the way through all of the given ones, in order: [(count − 1)·steps + 1, latent]. Throws `ShapeError` for a single point. */
export function latentPath(points: Points, options?: PathOptions): Points {
  const { steps = 8, path = 'linear' } = checkOptions('latentPath', options, rules)
  const [count, latent] = shapeOf(points)
  if (count < 2) throw new ShapeError(`a path joins two points or more, given ${count}`)
  const total = (count - 1) * steps + 1
  const data = new Float32Array(total * latent)
  for (let i = 0; i < total; i++) {
    const from = Math.min(count - 2, Math.floor(i / steps))
    const t = i / steps - from
    const [a, b] = [rowOf(points, from), rowOf(points, from + 1)]
    const [u, v] = path === 'linear' ? [1 - t, t] : onCircle(a, b, t)
    for (let k = 0; k < latent; k++) data[i * latent + k] = u * a[k] + v * b[k]
  }
  return { data, shape: [total, latent] }
}

/** sin((1 − t)Ω)/sin Ω and sin(tΩ)/sin Ω, Ω the angle between the two (Shoemake 1985); straight where they point one way. */
function onCircle(a: Float32Array, b: Float32Array, t: number): [number, number] {
  const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, v, k) => sum + v * y[k], 0)
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
  const angle = Math.acos(Math.max(-1, Math.min(1, cosine)))
  const sine = Math.sin(angle)
  return sine < 1e-6 || Number.isNaN(sine) ? [1 - t, t] : [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine]
}

/** Σ weights[i]·points[i], as one point: means of concepts by equal weights, and "a − b + c" by 1, −1, 1. Throws `ShapeError`. */
export function latentSum(points: Points, weights: ArrayLike<number>): Points {
  const [count, latent] = shapeOf(points)
  checkArgument('latentSum: weights', weights, someNumbers)
  if (weights.length !== count) throw new ShapeError(`${weights.length} weights for ${count} points: give one each`)
  const data = new Float32Array(latent)
  for (let i = 0; i < count; i++) {
    const row = rowOf(points, i)
    for (let k = 0; k < latent; k++) data[k] += weights[i] * row[k]
  }
  return { data, shape: [1, latent] }
}

/** `count` points around one, each number moved by up to ± `reach` (default 0.25, the paper's). */
export function latentNeighbours(
  point: Points,
  count: number,
  options: {
    /** How far a number may move, 0 or more. */
    readonly reach?: number
    /** Default 0. */
    readonly seed?: number | string
  } = {},
): Points {
  const { reach = 0.25, seed = 0 } = checkOptions('latentNeighbours', options, { reach: notNegative, seed: aSeed })
  checkArgument('latentNeighbours: count', count, aCount)
  const [rows, latent] = shapeOf(point)
  if (rows !== 1) throw new ShapeError(`neighbours are those of one point, given ${rows}`)
  const data = random(seed).fillUniform(new Float32Array(count * latent)) as Float32Array
  return { data: data.map((v, i) => point.data[i % latent] + reach * (2 * v - 1)), shape: [count, latent] }
}

/** Checks points and gives their shape. */
export function shapeOf(points: Points): readonly [number, number] {
  const { data, shape } = Object(points) as Partial<Points>
  if (!(data instanceof Float32Array) || !Array.isArray(shape) || shape.length !== 2)
    throw new ValueError('points are { data, shape: [count, latent] } with a Float32Array, as latentPoints gives them')
  if (data.length !== shape[0] * shape[1])
    throw new ShapeError(`${data.length} numbers do not fill points of shape ${formatShape(shape)}`)
  return shape as unknown as readonly [number, number]
}

/** Point i, a view. */
export const rowOf = ({ data, shape: [, latent] }: Points, i: number): Float32Array =>
  data.subarray(i * latent, (i + 1) * latent)
