// How far digits move after a representation when they are deformed, against ‖∇τ‖∞, and against what tells digits apart.
import {
  type LineThroughZero,
  deform,
  lineThroughZero,
  noiseLike,
  randomDisplacement,
  relativeDistances,
  relativeStability,
} from '@scatterlab/symmetry'
import { type ShapedArray, random } from '@scatterlab/tensor'
import { mean } from './orbits.ts'
import type { Representation } from './representations.ts'

/** Strengths ‖∇τ‖∞. */
export const STRENGTHS: readonly number[] = [0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6]

/** Each digit under a random field of its own, the same one at every strength. */
export function deformedDigits(digits: ShapedArray, seed: string): ShapedArray[] {
  const [count, height, width] = digits.shape
  return STRENGTHS.map((gradient) => {
    const stream = random(seed)
    const fields = Array.from({ length: count }, () =>
      randomDisplacement({ shape: [height, width], gradient, random: stream }),
    )
    return deform(digits, fields, { border: 'zero' })
  })
}

/** What deformations do to a representation. */
export interface Stability extends LineThroughZero {
  /** Means of ‖Φ(D_τ x) − Φ(x)‖/‖Φ(x)‖ over the digits, one a strength. */
  readonly distances: readonly number[]
  /** Mean of ‖Φ(x') − Φ(x)‖/‖Φ(x)‖ for the next digit of the list: a length to compare with. */
  readonly others: number
  /** R of Petrini et al. at ‖∇τ‖∞ = 0.3: moves by deformations over moves by noise of the same size, squared. */
  readonly relative: number
}

/** The stability of a representation of digits [count, side, side]. */
export async function stability(
  digits: ShapedArray,
  deformed: readonly ShapedArray[],
  of: Representation,
  seed: string,
): Promise<Stability> {
  const still = await of(digits)
  const moved: ShapedArray[] = []
  for (const images of deformed) moved.push(await of(images))
  const distances = moved.map((features) => mean(relativeDistances(still, features)))
  const typical = STRENGTHS.indexOf(0.3)
  const noisy = await of(noiseLike(digits, deformed[typical], random(`noise ${seed}`)))
  return {
    distances,
    ...lineThroughZero(STRENGTHS, distances),
    others: mean(relativeDistances(still, rolled(still))),
    relative: relativeStability(still, moved[typical], noisy).ratio,
  }
}

/** Each row's follower, the last one's being the first. */
function rolled({ data, shape }: ShapedArray): ShapedArray {
  const length = data.length / shape[0]
  const out = Float32Array.from(data)
  out.set(data.subarray(length))
  out.set(data.subarray(0, length), data.length - length)
  return { data: out, shape }
}
