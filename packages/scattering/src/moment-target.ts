// What given moments tell of their image or signal, before one is made: its mean, its bands' powers, its deviation.
import { type ArrayInput, ShapeError, ValueError, asTensor, formatShape, sameShape } from '@scatterlab/tensor'
import type { Moment } from './moments-of.ts'

/** Moments as numbers, and what they tell. */
export interface MomentTarget {
  readonly values: Float64Array
  readonly mean: number
  /** E|x ⋆ ψ|² of each band; of moments without powers, what they would be if it were Gaussian. */
  readonly powers: readonly number[]
  /** Square root of all powers together. */
  readonly deviation: number
}

/** Reads moments. Throws `ShapeError` for those of another transform, `ValueError` for those of a constant. */
export async function momentTarget(
  target: ArrayInput,
  { outputShape, paths }: { readonly outputShape: readonly number[]; readonly paths: readonly Moment[] },
): Promise<MomentTarget> {
  const given = asTensor(target, 'the target')
  if (!sameShape(given.shape, outputShape)) {
    throw new ShapeError(
      `the target has shape ${formatShape(given.shape)}, the moments of one image or signal ${formatShape(outputShape)}`,
    )
  }
  const values = Float64Array.from(await given.read())
  if (!values.every(Number.isFinite))
    throw new ValueError('the target is not finite everywhere: transform finite numbers')
  const powers = powersOf(values, paths)
  const deviation = Math.sqrt(powers.reduce((sum, v) => sum + v, 0))
  if (!(deviation > 0)) {
    throw new ValueError(
      'the target has no energy beside its mean: what it is of is constant, give the moments of a texture',
    )
  }
  return { values, mean: values[0], powers, deviation }
}

function powersOf(values: Float64Array, paths: readonly Moment[]): number[] {
  const powers = paths.flatMap(({ kind }, p) => (kind === 'power' ? [values[p]] : []))
  if (powers.length > 0) return powers.map((v) => Math.max(0, v))
  return paths.flatMap(({ order, kind }, p) => (order === 1 && kind === 'mean' ? [(4 / Math.PI) * values[p] ** 2] : []))
}
