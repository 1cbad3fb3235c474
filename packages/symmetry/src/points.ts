// Points of a space of features: rows of a matrix [points, features], whatever the features' own shape was.
import {
  type ArrayInput,
  type RealDType,
  DTypeError,
  ShapeError,
  ValueError,
  asTensor,
  formatShape,
  isComplex,
  realOf,
} from '@scatterlab/tensor'

/** Rows in double precision. */
export interface Points {
  readonly data: Float64Array
  /** As they came in. */
  readonly dtype: RealDType
  readonly shape: readonly number[]
  readonly count: number
  readonly length: number
  readonly row: (i: number) => Float64Array
}

/** Takes [points, ...] in. Throws a typed error for what is complex, not finite, or fewer than `least` points. */
export function pointsOf(name: string, x: ArrayInput, least = 1): Points {
  const all = asTensor(x, name)
  if (isComplex(all.dtype)) throw new DTypeError(`${name} are ${all.dtype}: give real ones`)
  const [count = 0] = all.shape
  if (all.rank < 1 || all.size === 0 || count < least)
    throw new ShapeError(`${name} are of shape ${formatShape(all.shape)}: give [points, ...] with at least ${least}`)
  const data = Float64Array.from(all.asTypedArray())
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw new ValueError(`${name} hold ${data[bad]} at number ${bad}: they must be finite`)
  const length = data.length / count
  return {
    data,
    dtype: realOf(all.dtype),
    shape: all.shape,
    count,
    length,
    row: (i) => data.subarray(i * length, (i + 1) * length),
  }
}

/** Two sets of points that must be of one shape. */
export function pairsOf(names: readonly [string, string], a: ArrayInput, b: ArrayInput): readonly [Points, Points] {
  const [p, q] = [pointsOf(names[0], a), pointsOf(names[1], b)]
  if (p.count !== q.count || p.length !== q.length)
    throw new ShapeError(
      `${names[0]} are ${p.count} of ${p.length} numbers, ${names[1]} ${q.count} of ${q.length}: give as many`,
    )
  return [p, q]
}

/** ‖a − b‖. */
export function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2
  return Math.sqrt(sum)
}

/** ⟨a, b⟩. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
