// How far features move when what they are features of is deformed: as a share of their norm, against the strength of the
// deformation, and against white noise of the same size.
import {
  type ArrayInput,
  type Random,
  type ShapedArray,
  ShapeError,
  ValueError,
  aRandom,
  checkArgument,
  realArray,
  shown,
  someNumbers,
} from '@scatterlab/tensor'
import { distance, dot, pairsOf } from './points.ts'

/** ‖Φ(g.x) − Φ(x)‖ / ‖Φ(x)‖ for each sample, of features [samples, ...]; 0 where nothing moves. */
export function relativeDistances(features: ArrayInput, moved: ArrayInput): Float64Array {
  const [phi, other] = pairsOf(['features', 'moved features'], features, moved)
  const zero = new Float64Array(phi.length)
  return Float64Array.from({ length: phi.count }, (_, i) => {
    const move = distance(phi.row(i), other.row(i))
    return move === 0 ? 0 : move / distance(phi.row(i), zero)
  })
}

/** The straight line through 0 nearest to distances against strengths. */
export interface LineThroughZero {
  /** The constant C of distance ≈ C·strength, by least squares. */
  readonly slope: number
  /** √(Σ(d − C·s)² / Σd²): 0 where the distances lie on the line. */
  readonly residual: number
}

/** Fits distance = C·strength, for example ‖Φ(D_τ x) − Φ(x)‖/‖x‖ against ‖∇τ‖∞: two lists of numbers. */
export function lineThroughZero(strengths: ArrayLike<number>, distances: ArrayLike<number>): LineThroughZero {
  const [s, d] = [listOf('strengths', strengths), listOf('distances', distances)]
  if (s.length !== d.length) throw new ShapeError(`${s.length} strengths and ${d.length} distances: give as many`)
  const square = dot(s, s)
  if (square === 0) throw new ValueError('lineThroughZero: all strengths are 0: give one that is not')
  const slope = dot(s, d) / square
  const all = dot(d, d)
  return { slope, residual: all === 0 ? 0 : Math.sqrt(Math.max(0, all - slope * dot(s, d)) / all) }
}

function listOf(name: string, list: ArrayLike<number>): Float64Array {
  checkArgument(`lineThroughZero: ${name}`, list, someNumbers)
  const bad = Array.from(list).findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw new ValueError(`lineThroughZero: ${name} hold ${shown(list[bad])}: they must be finite`)
  return Float64Array.from(list)
}

/** The relative stability of features to deformations. */
export interface RelativeStability {
  /** D: mean ‖Φ(D_τ x) − Φ(x)‖² over the mean of ‖Φ(x) − Φ(x')‖² of different samples. */
  readonly deformation: number
  /** G: the same of noise. */
  readonly noise: number
  /** R = D/G: below 1, Φ is stabler to deformations than to noise of the same size. */
  readonly ratio: number
}

/**
 * R of Petrini et al. (2021), from features of samples, of the samples deformed, and of the samples with noise (`noiseLike`), each
 * [samples, ...]. Throws `ValueError` where all samples have the same features, or noise moves none.
 */
export function relativeStability(features: ArrayInput, deformed: ArrayInput, noisy: ArrayInput): RelativeStability {
  const [phi, moved] = pairsOf(['features', 'deformed features'], features, deformed)
  const [, shaken] = pairsOf(['features', 'noisy features'], features, noisy)
  const { count } = phi
  let [d, g, scale] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    d += distance(phi.row(i), moved.row(i)) ** 2 / count
    g += distance(phi.row(i), shaken.row(i)) ** 2 / count
    for (let j = 0; j < i; j++) scale += (2 * distance(phi.row(i), phi.row(j)) ** 2) / (count * (count - 1))
  }
  if (!(scale > 0)) throw new ValueError('relativeStability: all samples have the same features: give two that differ')
  if (g === 0) throw new ValueError('relativeStability: noise moves no features: give samples with noise')
  return { deformation: d / scale, noise: g / scale, ratio: d / g }
}

/** x + η: white noise whose norm is, for every sample, the mean of ‖deformed − x‖ over the samples [samples, ...]. */
export function noiseLike(x: ArrayInput, deformed: ArrayInput, random: Random): ShapedArray {
  checkArgument('noiseLike: random', random, aRandom)
  const [p, q] = pairsOf(['samples', 'deformed samples'], x, deformed)
  let mean = 0
  for (let i = 0; i < p.count; i++) mean += distance(p.row(i), q.row(i)) / p.count
  const zero = new Float64Array(p.length)
  const data = p.data.slice()
  for (let i = 0; i < p.count; i++) {
    const noise = random.fillNormal(new Float64Array(p.length))
    const norm = distance(noise, zero)
    for (let k = 0; k < p.length; k++) data[i * p.length + k] += (noise[k] * mean) / norm
  }
  const out = realArray(p.dtype, data.length)
  out.set(data)
  return { data: out, shape: p.shape }
}
