// Moduli of every magnitude in single precision. The squares of a column may overflow or vanish; where they did, the column is
// scaled by a power of two for each image and transformed again, which is exact, and rare.
import { type Expr, type FunctionBuilder, type Local, f32x4, i32, i32x4, v128 } from '../assembler/assembler.ts'
import { isStraight } from '../fourier/factors.ts'
import { QUAD } from '../fourier/layout.ts'
import type { Complex, Vectors } from '../fourier/vectors.ts'

/** Squares that are right: below, the smaller ones of a column lose more than its transform's rounding; above they are infinite. */
const SMALLEST = 2 ** -100
const LARGEST = 2 ** 127
/** Bits of the exponent, and those of 2^-126 and 2^126, between which scales and their inverses are normal. */
const EXPONENT = 0x7f800000
const LEAST_EXPONENT = 1 << 23
const GREATEST_EXPONENT = 253 << 23
/** The exponents of a scale and of its inverse make this. */
const UNIT = LEAST_EXPONENT + GREATEST_EXPONENT

/** Told every number whose modulus is taken, and its square. */
export type Note = (z: Complex, square: Local<'v128'>) => void

/** re² + im², but for the scale, once it is noted. */
export function square(v: Vectors, z: Complex, note: Note): Local<'v128'> {
  const [re, im] = [z.re.value, z.im.value]
  const sum = v.keep(v.multiplyAdd(re, re, f32x4.mul(im, im)))
  note(z, sum)
  return sum
}

/** |z|, once its square is noted. */
export function modulus(v: Vectors, z: Complex, note: Note): Expr<'v128'> {
  const root = f32x4.sqrt(square(v, z, note))
  return z.scale === 1 ? root : f32x4.mul(root, v.constant(Math.abs(z.scale)))
}

/** A column of n complex numbers, four to a `QUAD`, `pitch` bytes apart. */
interface Column {
  readonly column: Local<'i32'>
  readonly n: number
  readonly pitch: number
}

/**
 * Emits a transform of a column that notes squares and, where the largest of an image was out of range, the same of the column
 * scaled in place; then `undo`, with what results are to be multiplied by.
 */
export function inRange(
  v: Vectors,
  { column, n, pitch }: Column,
  { transform, undo }: { readonly transform: (note: Note) => void; readonly undo?: (inverse: Local<'v128'>) => void },
): void {
  const { f } = v
  const [largest, bits, inverse] = f.locals('v128', 3)
  const scaled = f.let(i32.const(0))
  f.loop((again) => {
    // written out in full, the transform has a first output, before which nothing is held in registers
    let isFirst = isStraight(n)
    if (!isFirst) for (const held of [largest, bits]) f.set(held, v.constant(0))
    transform(({ re, im }, sum) => {
      const both = v128.or(re.value, im.value)
      f.set(largest, isFirst ? sum : f32x4.pmax(largest, sum))
      f.set(bits, isFirst ? both : v128.or(bits, both))
      isFirst = false
    })
    f.if(
      scaled,
      () => undo?.(inverse),
      () => {
        const outside = v128.or(f32x4.lt(largest, v.constant(SMALLEST)), f32x4.gt(largest, v.constant(LARGEST)))
        // images of nothing but zeros are right as they are
        const isZero = f32x4.eq(bits, v.constant(0))
        f.if(v128.anyTrue(v128.andnot(outside, isZero)), () => {
          f.set(inverse, greatestPower(v, column, n, pitch))
          scaleLine(f, column, n, pitch, [0, QUAD / 2], f.let(i32x4.sub(i32x4.splat(UNIT), inverse)))
          f.set(scaled, 1)
          f.br(again)
        })
      },
    )
  })
}

/** For each image the greatest power of two that a part of the column reaches, within the bounds of scales. */
function greatestPower(v: Vectors, column: Local<'i32'>, n: number, pitch: number): Expr<'v128'> {
  const { f } = v
  const peak = f.let(v.constant(0))
  forEachQuad(f, column, n, pitch, (at) => {
    for (const part of [0, QUAD / 2]) f.set(peak, f32x4.pmax(peak, f32x4.abs(v128.load(at, part))))
  })
  const exponent = v128.and(peak, i32x4.splat(EXPONENT))
  return i32x4.minS(i32x4.maxS(exponent, i32x4.splat(LEAST_EXPONENT)), i32x4.splat(GREATEST_EXPONENT))
}

/** Multiplies the vectors at some offsets of each of n places of a line. */
export function scaleLine(
  f: FunctionBuilder,
  line: Local<'i32'>,
  n: number,
  pitch: number,
  offsets: readonly number[],
  factor: Local<'v128'>,
): void {
  forEachQuad(f, line, n, pitch, (at) => {
    for (const offset of offsets) f.store(at, f32x4.mul(factor, v128.load(at, offset)), offset)
  })
}

function forEachQuad(
  f: FunctionBuilder,
  line: Local<'i32'>,
  n: number,
  pitch: number,
  body: (at: Local<'i32'>) => void,
): void {
  const at = f.let(line)
  const left = f.let(i32.const(n))
  f.repeat(left, () => {
    body(at)
    f.advance(at, pitch)
  })
}
