// The principal directions of an orbit or of a level set, and the angles between the spaces that two sets of directions span.
import { type ArrayInput, ShapeError, checkArgument, wholeNumber } from '@scatterlab/tensor'
import { type Points, dot, pointsOf } from './points.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

/** The principal directions of points. */
export interface PrincipalDirections {
  /** Mean of the points, [features]. */
  readonly mean: Float64Array
  /** Share of the variance along each direction, largest first; they sum to 1 over all directions. */
  readonly shares: Float64Array
  /** Unit directions, one a row: [directions, features]. */
  readonly directions: {
    /** Row-major. */
    readonly data: Float64Array
    /** Directions, features. */
    readonly shape: readonly [number, number]
  }
}

/** Directions of less than this share of the variance are rounding. */
const ROUNDING = 1e-24

/**
 * The first `count` principal directions of points [points, ...], fewer where they span fewer; by the products between points (at most
 * 1,000 of them).
 */
export function principalDirections(points: ArrayInput, count: number): PrincipalDirections {
  const x = pointsOf('points', points, 2)
  checkArgument('principalDirections: count', count, wholeNumber(1, x.count - 1))
  checkArgument('principalDirections: the number of points', x.count, wholeNumber(2, 1000))
  const mean = centred(x)
  const n = x.count
  const products = new Float64Array(n * n)
  let variance = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) products[i * n + j] = products[j * n + i] = dot(x.row(i), x.row(j))
    variance += products[i * n + i]
  }
  const { values, vectors } = symmetricEigen(products, n)
  const own = [...values.subarray(0, count)].filter((value) => value > ROUNDING * variance)
  const data = new Float64Array(own.length * x.length)
  own.forEach((value, d) => {
    const direction = data.subarray(d * x.length, (d + 1) * x.length)
    for (let i = 0; i < n; i++) {
      const weight = vectors[d][i] / Math.sqrt(value)
      for (let k = 0; k < x.length; k++) direction[k] += weight * x.data[i * x.length + k]
    }
  })
  return {
    mean,
    shares: Float64Array.from(own, (value) => value / variance),
    directions: { data, shape: [own.length, x.length] },
  }
}

/** Takes the mean off the points, in place, and gives it. */
function centred(x: Points): Float64Array {
  const mean = new Float64Array(x.length)
  for (let i = 0; i < x.count; i++) for (let k = 0; k < x.length; k++) mean[k] += x.data[i * x.length + k] / x.count
  for (let i = 0; i < x.count; i++) for (let k = 0; k < x.length; k++) x.data[i * x.length + k] -= mean[k]
  return mean
}

/**
 * The cosines of the principal angles between the spaces that the rows of a and of b span, largest first: 1 for common directions, 0 for
 * orthogonal ones (Björck & Golub 1973). As many as the smaller space has dimensions. Rows need not be orthogonal.
 */
export function principalAngles(a: ArrayInput, b: ArrayInput): Float64Array {
  const [p, q] = [orthonormal(pointsOf('rows of a', a)), orthonormal(pointsOf('rows of b', b))]
  if (p.length === 0 || q.length === 0) throw new ShapeError('principalAngles: all rows are 0: give a row that is not')
  if (p[0].length !== q[0].length)
    throw new ShapeError(
      `principalAngles: rows of ${p[0].length} and of ${q[0].length} numbers: give rows of one length`,
    )
  const [few, many] = p.length <= q.length ? [p, q] : [q, p]
  const n = few.length
  const products = few.map((u) => Float64Array.from(many, (v) => dot(u, v)))
  const square = Float64Array.from({ length: n * n }, (_, at) => dot(products[Math.floor(at / n)], products[at % n]))
  return symmetricEigen(square, n).values.map((value) => Math.sqrt(Math.min(1, Math.max(0, value))))
}

/** Modified Gram–Schmidt, each row cleared twice; rows that depend on those before are left out. */
function orthonormal(x: Points): Float64Array[] {
  const basis: Float64Array[] = []
  for (let i = 0; i < x.count; i++) {
    const own = x.row(i)
    const before = Math.sqrt(dot(own, own))
    for (let pass = 0; pass < 2; pass++) {
      for (const unit of basis) {
        const along = dot(own, unit)
        for (let k = 0; k < own.length; k++) own[k] -= along * unit[k]
      }
    }
    const left = Math.sqrt(dot(own, own))
    if (left > 1e-12 * before) basis.push(own.map((value) => value / left))
  }
  return basis
}
