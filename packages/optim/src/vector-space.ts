// Arrays as one vector: the coordinates of a minimiser, in double precision on the host, and the arrays that they stand
// for, on their back end and in their element type.
import {
  type Named,
  DTypeError,
  ShapeError,
  Tensor,
  ValueError,
  checkArgument,
  formatShape,
  isComplex,
  realArray,
  realOf,
  sameShape,
  tensor,
} from '@scatterlab/tensor'
import { someTensors } from './optimizer.ts'

/** What is minimised in: one array, or arrays by name. */
export type Variables = Tensor | Named

/** The coordinates of some arrays; a complex element has two, its real and its imaginary part. */
export interface VectorSpace<V extends Variables> {
  /** Number of coordinates. */
  readonly dimension: number
  /** Whether some array is in single precision. */
  readonly single: boolean
  /** The coordinates of arrays of these shapes, once computed. Throws `ShapeError` or `DTypeError` for others, by name. */
  read(arrays: V): Promise<Float64Array>
  /** New arrays with these coordinates, which `round` leaves as they are. */
  arrays(vector: Float64Array): V
  /** Rounds coordinates, all or the first ones, to what the arrays can hold, in place. */
  round(vector: Float64Array): Float64Array
}

interface Part {
  readonly name: string
  readonly like: Tensor
  readonly start: number
  readonly end: number
}

const entriesOf = (arrays: Variables): [string, Tensor][] =>
  arrays instanceof Tensor ? [['x', arrays]] : Object.entries(arrays)

/** The space of arrays like these. Throws `ValueError` where they hold no number. */
export function vectorSpace<V extends Variables>(start: V): VectorSpace<V> {
  if (!(start instanceof Tensor)) checkArgument('the start', start, someTensors)
  let dimension = 0
  const parts = entriesOf(start).map(([name, like]): Part => {
    const from = dimension
    dimension += like.size * (isComplex(like.dtype) ? 2 : 1)
    return { name, like, start: from, end: dimension }
  })
  if (dimension === 0) throw new ValueError('there is no number to change: give a start that has elements')
  const isSingle = ({ like }: Part): boolean => realOf(like.dtype) === 'float32'

  return {
    dimension,
    single: parts.some(isSingle),

    async read(arrays) {
      const found = new Map(entriesOf(arrays))
      const reads = parts.map(async (part) => ({ start: part.start, data: await fitting(part, found).read() }))
      const vector = new Float64Array(dimension)
      for (const { start, data } of await Promise.all(reads)) vector.set(data, start)
      return vector
    },

    arrays(vector) {
      const made = parts.map(({ name, like: { shape, dtype, backend }, start, end }) => {
        const data = realArray(realOf(dtype), end - start)
        data.set(vector.subarray(start, end))
        return [name, tensor(data, shape, { dtype, backend })] as const
      })
      return (start instanceof Tensor ? made[0][1] : Object.fromEntries(made)) as V
    },

    round(vector) {
      for (const { start, end } of parts.filter(isSingle))
        for (let i = start; i < Math.min(end, vector.length); i++) vector[i] = Math.fround(vector[i])
      return vector
    },
  }
}

function fitting({ name, like }: Part, found: ReadonlyMap<string, Tensor>): Tensor {
  const array = found.get(name)
  if (array === undefined) throw new ValueError(`the gradient lacks \`${name}\``)
  if (!sameShape(array.shape, like.shape)) {
    throw new ShapeError(
      `the gradient of \`${name}\` is ${formatShape(array.shape)}, the variable ${formatShape(like.shape)}`,
    )
  }
  if (isComplex(array.dtype) !== isComplex(like.dtype)) {
    throw new DTypeError(`the gradient of \`${name}\` is ${array.dtype}, the variable ${like.dtype}`)
  }
  return array
}

/** A vector. */
export type Numbers = Float32Array | Float64Array

/** Σ aᵢbᵢ; four sums run side by side, which do not wait for each other. */
export function dot(a: Numbers, b: Numbers): number {
  const n = a.length
  const whole = n - (n % 4)
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i] * b[i]
    s1 += a[i + 1] * b[i + 1]
    s2 += a[i + 2] * b[i + 2]
    s3 += a[i + 3] * b[i + 3]
  }
  for (let i = whole; i < n; i++) s0 += a[i] * b[i]
  return s0 + s1 + (s2 + s3)
}

/** y ← y + scale·x. */
export function addScaled(y: Float64Array, scale: number, x: Numbers): void {
  const n = y.length
  for (let i = 0; i < n; i++) y[i] += scale * x[i]
}

/** y ← y + scale·x, and then Σ yᵢzᵢ, in one pass. */
export function addScaledThenDot(y: Float64Array, scale: number, x: Numbers, z: Numbers): number {
  const n = y.length
  const whole = n - (n % 4)
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  for (let i = 0; i < whole; i += 4) {
    const a = y[i] + scale * x[i]
    const b = y[i + 1] + scale * x[i + 1]
    const c = y[i + 2] + scale * x[i + 2]
    const d = y[i + 3] + scale * x[i + 3]
    y[i] = a
    y[i + 1] = b
    y[i + 2] = c
    y[i + 3] = d
    s0 += a * z[i]
    s1 += b * z[i + 1]
    s2 += c * z[i + 2]
    s3 += d * z[i + 3]
  }
  for (let i = whole; i < n; i++) s0 += (y[i] += scale * x[i]) * z[i]
  return s0 + s1 + (s2 + s3)
}

/** max |xᵢ|. */
export function largest(x: Float64Array): number {
  let most = 0
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]))
  return most
}
