// Functions of one and of two vectors, lane by lane, as code. Where the last bit depends on the order of operations that
// order is fixed, and no fused multiply–add is used: the results are the same on every machine.
// Source of the polynomials: S. Moshier, Cephes mathematical library, single precision (expf, logf, tanhf).
import {
  type Expr,
  type FunctionBuilder,
  type Local,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  v128,
} from '../assembler/assembler.ts'
import type { Precision } from '../matmul/tile.ts'

type Vector = Expr<'v128'>

/** Prepares constants once, before a loop; the function then writes the code for one vector. */
export type Prepare<Args extends Vector[]> = (f: FunctionBuilder, precision: Precision) => (...x: Args) => Vector
/** A function of one vector. */
export type VectorUnary = Prepare<[Local<'v128'>]>
/** A function of two vectors. */
export type VectorBinary = Prepare<[Vector, Vector]>

const lanesOf = ({ bytes }: Precision): typeof f32x4 | typeof f64x2 => (bytes === 4 ? f32x4 : f64x2)

const splat = (f: FunctionBuilder, { bytes }: Precision, value: number): Local<'v128'> =>
  f.let(bytes === 4 ? f32x4.splat(f32.const(value)) : f64x2.splat(f64.const(value)))

/** Functions that are exact or rounded once, in both precisions. */
export const exactUnary: Readonly<
  Record<'neg' | 'abs' | 'sign' | 'square' | 'sqrt' | 'reciprocal' | 'relu', VectorUnary>
> = {
  neg: (_, p) => (x) => lanesOf(p).neg(x),
  abs: (_, p) => (x) => lanesOf(p).abs(x),
  square: (_, p) => (x) => lanesOf(p).mul(x, x),
  sqrt: (_, p) => (x) => lanesOf(p).sqrt(x),
  reciprocal: (f, p) => {
    const one = splat(f, p, 1)
    return (x) => lanesOf(p).div(one, x)
  },
  // 0, -0 and NaN are their own sign.
  sign: (f, p) => {
    const { eq, ne } = lanesOf(p)
    const [zero, one, signBit] = [splat(f, p, 0), splat(f, p, 1), splat(f, p, -0)]
    return (x) => v128.bitselect(x, v128.or(one, v128.and(x, signBit)), v128.or(eq(x, zero), ne(x, x)))
  },
  // The last addition makes 0 of -0; NaN stays.
  relu: (f, p) => {
    const zero = splat(f, p, 0)
    return (x) => lanesOf(p).add(lanesOf(p).pmax(x, zero), zero)
  },
}

/** Functions of two arguments, rounded once, in both precisions; `min` and `max` give NaN if either is. */
export const exactBinary: Readonly<Record<'add' | 'sub' | 'mul' | 'div' | 'min' | 'max', VectorBinary>> = {
  add: (_, p) => lanesOf(p).add,
  sub: (_, p) => lanesOf(p).sub,
  mul: (_, p) => lanesOf(p).mul,
  div: (_, p) => lanesOf(p).div,
  min: (_, p) => lanesOf(p).min,
  max: (_, p) => lanesOf(p).max,
}

/** Horner's rule, highest coefficient first. */
function polynomial(f: FunctionBuilder, x: Vector, coefficients: readonly Local<'v128'>[]): Local<'v128'> {
  const sum = f.let<'v128'>(coefficients[0]!)
  for (const c of coefficients.slice(1)) f.set(sum, f32x4.add(f32x4.mul(sum, x), c))
  return sum
}

const constants = (f: FunctionBuilder, precision: Precision, values: readonly number[]): Local<'v128'>[] =>
  values.map((value) => splat(f, precision, value))

/** ln 2 in two parts; products of the first with integers of 8 bits are exact. */
const LN2_HIGH = 0.693359375
const LN2_LOW = -2.1219444e-4

/** 1.5·2²³: adding it rounds a small number to an integer, and leaves that integer in the low bits. */
const ROUNDER = 3 * 2 ** 22

/** eˣ within 2 units in the last place, denormal results included. */
const exp: VectorUnary = (f, p) => {
  const [low, high, log2e, rounder, ln2High, ln2Low, one] = constants(f, p, [
    -104,
    89,
    Math.LOG2E,
    ROUNDER,
    LN2_HIGH,
    LN2_LOW,
    1,
  ])
  const coefficients = constants(
    f,
    p,
    [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  )
  const bias = f.let(i32x4.splat(i32.const(127)))
  const powerOfTwo = (n: Vector): Vector => i32x4.shl(i32x4.add(n, bias), 23)
  return (x) => {
    const clamped = f.let(f32x4.pmin(f32x4.pmax(x, low!), high!))
    const shifted = f.let(f32x4.add(f32x4.mul(clamped, log2e!), rounder!))
    const n = f.let(f32x4.sub(shifted, rounder!))
    const r = f.let(f32x4.sub(f32x4.sub(clamped, f32x4.mul(n, ln2High!)), f32x4.mul(n, ln2Low!)))
    const rest = polynomial(f, r, coefficients)
    const y = f32x4.add(f32x4.add(f32x4.mul(rest, f32x4.mul(r, r)), r), one!)
    // 2ⁿ in two factors: alone it would leave the range of exponents where the result does not.
    const exponent = f.let(i32x4.sub(shifted, rounder!))
    const half = f.let(i32x4.shrS(exponent, 1))
    return f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(i32x4.sub(exponent, half)))
  }
}

/** ln x within 2 units in the last place. */
const log: VectorUnary = (f, p) => {
  const [zero, one, halfRoot, half, tiny, scale, shift, ln2High, ln2Low, infinity, notANumber] = constants(f, p, [
    0,
    1,
    Math.SQRT1_2,
    0.5,
    2 ** -126,
    2 ** 25,
    25,
    LN2_HIGH,
    LN2_LOW,
    Infinity,
    NaN,
  ])
  const coefficients = constants(
    f,
    p,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
      2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
  )
  const mantissaBits = f.let(i32x4.splat(i32.const(0x007fffff)))
  const bias = f.let(i32x4.splat(i32.const(126)))
  return (x) => {
    const denormal = f.let(f32x4.lt(x, tiny!))
    const normal = f.let(v128.bitselect(f32x4.mul(x, scale!), x, denormal))
    // x = m·2ᵉ with m in [½, 1), then in [√½, √2)
    const m = f.let(v128.or(v128.and(normal, mantissaBits), half!))
    const e = f.let(f32x4.sub(f32x4.convertI32x4S(i32x4.sub(i32x4.shrU(normal, 23), bias)), v128.and(denormal, shift!)))
    const small = f.let(f32x4.lt(m, halfRoot!))
    f.set(e, f32x4.sub(e, v128.and(small, one!)))
    f.set(m, f32x4.sub(f32x4.add(m, v128.and(small, m)), one!))
    const square = f.let(f32x4.mul(m, m))
    const y = f.let(f32x4.mul(f32x4.mul(polynomial(f, m, coefficients), m), square))
    f.set(y, f32x4.sub(f32x4.add(y, f32x4.mul(e, ln2Low!)), f32x4.mul(square, half!)))
    f.set(y, f32x4.add(f32x4.add(m, y), f32x4.mul(e, ln2High!)))
    f.set(y, v128.bitselect(x, y, f32x4.eq(x, infinity!)))
    f.set(y, v128.bitselect(f32x4.neg(infinity!), y, f32x4.eq(x, zero!)))
    return v128.bitselect(y, notANumber!, f32x4.ge(x, zero!))
  }
}

/** tanh x within 2 units in the last place. */
const tanh: VectorUnary = (f, p) => {
  const [one, two, limit, signBit] = constants(f, p, [1, 2, 0.625, -0])
  const coefficients = constants(
    f,
    p,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  )
  const exponential = exp(f, p)
  return (x) => {
    const size = f.let(f32x4.abs(x))
    const square = f.let(f32x4.mul(x, x))
    const near = f.let(f32x4.add(f32x4.mul(f32x4.mul(polynomial(f, square, coefficients), square), size), size))
    const e = f.let(exponential(f.let(f32x4.add(size, size))))
    const far = f32x4.sub(one!, f32x4.div(two!, f32x4.add(e, one!)))
    return v128.or(v128.bitselect(near, far, f32x4.lt(size, limit!)), v128.and(x, signBit!))
  }
}

/** 1/(1 + e⁻ˣ) within 3 units in the last place, also where it is tiny. */
const sigmoid: VectorUnary = (f, p) => {
  const [zero, one] = constants(f, p, [0, 1])
  const exponential = exp(f, p)
  return (x) => {
    const e = f.let(exponential(f.let(f32x4.neg(f32x4.abs(x)))))
    return f32x4.div(v128.bitselect(e, one!, f32x4.lt(x, zero!)), f32x4.add(one!, e))
  }
}

/** Functions by polynomial, in single precision. */
export const approximateUnary: Readonly<Record<'exp' | 'log' | 'tanh' | 'sigmoid', VectorUnary>> = {
  exp,
  log,
  tanh,
  sigmoid,
}
