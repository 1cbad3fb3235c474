// Arrays for the contract: where the elements of a view lie in its buffer, and what the buffer holds.
import fc from 'fast-check'
import { type DType, type RealArray, isComplex, realArray, realOf } from '../array/dtype.ts'
import { type Shape, sizeOf } from '../array/shape.ts'

/** Where the elements lie, in the units of `View`. */
export interface Layout {
  readonly dtype: DType
  readonly shape: Shape
  readonly strides: readonly number[]
  readonly offset: number
  readonly imagStride: number
  /** Numbers in the buffer: some before, between and behind the elements belong to nobody. */
  readonly length: number
}

/**
 * What a buffer holds: numbers in [-2, 2); their absolute values; multiples of 1/2, of which many are equal; the same
 * with infinities, NaN and zeros of both signs; or NaN only, for outputs that nobody may read.
 */
export type Filling = 'noise' | 'positive' | 'coarse' | 'special' | 'nothing'

/** One array of a call. */
export interface Operand {
  readonly layout: Layout
  readonly filling: Filling
  readonly seed: number
}

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1, -1]

/** The numbers of a whole buffer. */
export function contents({ layout, filling, seed }: Operand): RealArray {
  const data = realArray(realOf(layout.dtype), layout.length)
  for (let i = 0; i < data.length; i++) data[i] = numberAt(i, filling, seed)
  return data
}

function numberAt(i: number, filling: Filling, seed: number): number {
  if (filling === 'nothing') return NaN
  const bits = hash(i, seed)
  // 24 bits: both precisions hold them
  const noise = (bits >>> 8) / 2 ** 22 - 2
  if (filling === 'positive') return Math.abs(noise) + 2 ** -10
  if (filling === 'coarse') return Math.round(2 * noise) / 2
  return filling === 'special' && bits % 4 === 0 ? SPECIAL[(bits >>> 4) % SPECIAL.length] : noise
}

function hash(i: number, seed: number): number {
  let h = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return (h ^ (h >>> 15)) >>> 0
}

/** Positions in the buffer of every number of a view, in row-major order, complex ones as re, im. */
export function positions({ dtype, shape, strides, offset, imagStride }: Layout): Int32Array {
  const parts = isComplex(dtype) ? [...shape, 2] : [...shape]
  const steps = isComplex(dtype) ? [...strides, imagStride] : strides
  const out = new Int32Array(sizeOf(parts))
  const index = parts.map(() => 0)
  let at = offset
  for (let n = 0; n < out.length; n++) {
    out[n] = at
    for (let axis = parts.length - 1; axis >= 0; axis--) {
      at += steps[axis]
      if (++index[axis] < parts[axis]) break
      at -= parts[axis] * steps[axis]
      index[axis] = 0
    }
  }
  return out
}

/** Row-major without gaps, complex numbers interleaved. */
export function dense(shape: Shape, dtype: DType): Layout {
  return lay(shape, dtype, {
    order: axesOf(shape),
    gaps: [],
    reversed: [],
    repeated: [],
    part: shape.length,
    margin: 0,
  })
}

interface Placement {
  /** Axes from the outermost in memory to the innermost. */
  readonly order: readonly number[]
  /** Numbers left out after each line along an axis. */
  readonly gaps: readonly number[]
  readonly reversed: readonly boolean[]
  /** Axes whose elements all lie at one place. */
  readonly repeated: readonly boolean[]
  /** Before which axis of `order` the two parts of complex numbers lie: at its end they are interleaved. */
  readonly part: number
  readonly margin: number
}

const PLAIN = { gaps: [], reversed: [], repeated: [], margin: 0 }
const axesOf = (shape: Shape): number[] => shape.map((_, axis) => axis)

function lay(shape: Shape, dtype: DType, { order, gaps, reversed, repeated, part, margin }: Placement): Layout {
  const strides = shape.map(() => 0)
  let [extent, imagStride, offset] = [1, 0, margin]
  for (let place = order.length; place >= 0; place--) {
    if (place === part && isComplex(dtype)) {
      imagStride = extent
      extent *= 2
    }
    if (place === 0) break
    const axis = order[place - 1]
    const length = shape[axis]
    if (repeated[axis] || length === 0) continue
    strides[axis] = reversed[axis] ? -extent : extent
    if (reversed[axis]) offset += extent * (length - 1)
    extent = extent * length + (gaps[axis] ?? 0)
  }
  return { dtype, shape: [...shape], strides, offset, imagStride, length: Math.max(extent, 1) + 2 * margin }
}

/**
 * Places for an array of a given shape: dense ones, those with the first axis innermost (lanes), transposed, reversed,
 * with gaps, planar or interleaved; of inputs also repeated axes.
 */
export function layouts(
  shape: Shape,
  dtype: DType,
  { repeats = false }: { readonly repeats?: boolean } = {},
): fc.Arbitrary<Layout> {
  const axes = axesOf(shape)
  const each = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(arbitrary, { minLength: shape.length, maxLength: shape.length })
  const rare = fc.nat(7).map((n) => n === 0)
  const orders = fc.oneof(
    fc.constant(axes),
    fc.constant([...axes.slice(1), ...axes.slice(0, 1)]),
    fc.shuffledSubarray(axes, { minLength: axes.length }),
  )
  const odd = fc
    .record({
      order: orders,
      gaps: each(fc.constantFrom(0, 0, 0, 1, 3)),
      reversed: each(rare),
      repeated: each(repeats ? rare : fc.constant(false)),
      part: fc.oneof(fc.constant(shape.length), fc.nat(shape.length)),
      margin: fc.nat(5),
    })
    .map((placement) => lay(shape, dtype, placement))
  const plain = orders.map((order) => lay(shape, dtype, { ...PLAIN, order, part: shape.length }))
  return fc.oneof(plain, odd)
}

/**
 * The first axis innermost, complex numbers as a row of real and a row of imaginary parts: how the cascade keeps its
 * images.
 */
export const imagesInnermost = (shape: Shape, dtype: DType): Layout =>
  lay(shape, dtype, { ...PLAIN, order: [...axesOf(shape).slice(1), 0], part: shape.length - 1 })

/** An input of a call, at a given place or at any. */
export const input = (
  shape: Shape,
  dtype: DType,
  filling: Filling = 'noise',
  place: fc.Arbitrary<Layout> = layouts(shape, dtype, { repeats: true }),
): fc.Arbitrary<Operand> => fc.record({ layout: place, filling: fc.constant(filling), seed: fc.nat(1e6) })

/** An output that is added to or updated. */
export const updated = (
  shape: Shape,
  dtype: DType,
  filling: Filling = 'noise',
  place: fc.Arbitrary<Layout> = layouts(shape, dtype),
): fc.Arbitrary<Operand> => input(shape, dtype, filling, place)

/** An output that is overwritten: what it holds before must not matter. */
export const output = (shape: Shape, dtype: DType, place?: fc.Arbitrary<Layout>): fc.Arbitrary<Operand> =>
  updated(shape, dtype, 'nothing', place)

/** An input in row-major order without gaps. */
export const denseInput = (shape: Shape, dtype: DType): fc.Arbitrary<Operand> =>
  input(shape, dtype, 'noise', fc.constant(dense(shape, dtype)))
