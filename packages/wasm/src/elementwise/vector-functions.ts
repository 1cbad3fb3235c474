// Functions by polynomial, in single precision, lane by lane, as code. The order of operations is fixed, and no fused
// multiply–add is used: the results are the same on every machine.
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
import type { Precision } from '../assembler/precision.ts'

type Vector = Expr<'v128'>

/** Prepares constants once, before a loop; the function then writes the code for one vector. */
export type Prepare<Args extends Vector[]> = (f: FunctionBuilder, precision: Precision) => (...x: Args) => Vector
/** A function of one vector. */
export type VectorUnary = Prepare<[Local<'v128'>]>
/** A function of two vectors. */
export type VectorBinary = Prepare<[Vector, Vector]>

const splat = (f: FunctionBuilder, { bytes }: Precision, value: number): Local<'v128'> =>
  f.let(bytes === 4 ? f32x4.splat(f32.const(value)) : f64x2.splat(f64.const(value)))

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

/** erf x within 3 units in the last place; the exponent of its tail and the polynomial near 0 are N. Juffa's (2015). */
const erf: VectorUnary = (f, p) => {
  const [one, limit, signBit] = constants(f, p, [1, 0.927734375, -0])
  const nearCoefficients = constants(
    f,
    p,
    [-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1],
  )
  const farCoefficients = constants(
    f,
    p,
    [-1.7285347e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1, -6.34846687e-1, -1.128717512, 0],
  )
  const exponential = exp(f, p)
  return (x) => {
    const size = f.let(f32x4.abs(x))
    const square = f.let(f32x4.mul(x, x))
    const near = f.let(f32x4.add(f32x4.mul(polynomial(f, square, nearCoefficients), size), size))
    const far = f32x4.sub(one!, exponential(polynomial(f, size, farCoefficients)))
    return v128.or(v128.bitselect(near, far, f32x4.lt(size, limit!)), v128.and(x, signBit!))
  }
}

/** Where two vectors of double precision stand for one of single precision: its lanes 0 and 1, and 2 and 3. */
type Halves = readonly [low: Local<'v128'>, high: Local<'v128'>]

const doubles = (f: FunctionBuilder, values: readonly number[]): Local<'v128'>[] =>
  values.map((value) => f.let(f64x2.splat(f64.const(value))))

const split = (f: FunctionBuilder, x: Local<'v128'>): Halves => [
  f.let(f64x2.promoteLowF32x4(x)),
  f.let(f64x2.promoteLowF32x4(f32x4.shuffle(x, x, [2, 3, 2, 3]))),
]

const join = (f: FunctionBuilder, low: Vector, high: Vector): Local<'v128'> =>
  f.let(f32x4.shuffle(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high), [0, 1, 4, 5]))

/** Horner's rule in double precision. */
function series(f: FunctionBuilder, x: Local<'v128'>, coefficients: readonly Local<'v128'>[]): Local<'v128'> {
  const sum = f.let<'v128'>(coefficients[0]!)
  for (const c of coefficients.slice(1)) f.set(sum, f64x2.add(f64x2.mul(sum, x), c))
  return sum
}

/** The first 192 bits of 2/π, 24 at a time: products with numbers of single precision are exact in double precision. */
const TWO_OVER_PI = [0xa2f983, 0x6e4e44, 0x1529fc, 0x2757d1, 0xf534dd, 0xc0db62, 0x95993c, 0x439041]

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

/**
 * sin(x + turns·π/2) within 2 units in the last place, for every x: x·2/π is summed modulo 4 from exact products (Payne & Hanek's
 * idea), then the Taylor series of sine or cosine for up to π/4, in double precision.
 */
const sineAfter =
  (turns: 0 | 1): VectorUnary =>
  (f, p) => {
    const zero = splat(f, p, 0)
    const [one, half, quarter, four, turn, signBit] = doubles(f, [turns, 0.5, 0.25, 4, Math.PI / 2, -0])
    const pieces = doubles(
      f,
      TWO_OVER_PI.map((bits, i) => bits * 2 ** (-24 * (i + 1))),
    )
    const taylor = (powers: readonly number[]): Local<'v128'>[] =>
      doubles(
        f,
        powers.map((n) => (n % 4 < 2 ? 1 : -1) / factorial(n)),
      )
    const [sines, cosines] = [taylor([13, 11, 9, 7, 5, 3, 1]), taylor([12, 10, 8, 6, 4, 2, 0])]
    const isOdd = (n: Vector): Local<'v128'> => {
      const halved = f.let(f64x2.mul(n, half!))
      return f.let(f64x2.ne(f64x2.trunc(halved), halved))
    }
    const ofHalf = (x: Local<'v128'>): Vector => {
      const angle = f.local('v128')
      for (const [i, piece] of pieces.entries()) {
        const product = f.let(f64x2.mul(x, piece))
        const rest = f64x2.sub(product, f64x2.mul(f64x2.nearest(f64x2.mul(product, quarter!)), four!))
        f.set(angle, i === 0 ? rest : f64x2.add(angle, rest))
      }
      const n = f.let(f64x2.nearest(angle))
      const r = f.let(f64x2.mul(f64x2.sub(angle, n), turn!))
      const z = f.let(f64x2.mul(r, r))
      const quadrant = f.let(turns === 0 ? n : f64x2.add(n, one!))
      const y = v128.bitselect(series(f, z, cosines), f64x2.mul(series(f, z, sines), r), isOdd(quadrant))
      const turned = isOdd(f64x2.floor(f64x2.mul(quadrant, half!)))
      return f.let(v128.xor(y, v128.and(turned, signBit!)))
    }
    return (x) => {
      const [low, high] = split(f, x)
      const y = join(f, ofHalf(low), ofHalf(high))
      return turns === 0 ? v128.bitselect(x, y, f32x4.eq(x, zero)) : y
    }
  }

/**
 * aᵇ within a unit in the last place, as JavaScript has it: 2^(b·log₂ a) in double precision. log₂ m = 2/ln 2 · artanh s with
 * s = (m − 1)/(m + 1) for m in [√½, √2), 2ʳ by its Taylor series for |r| ≤ ½.
 */
const pow: VectorBinary = (f, p) => {
  const [zero, one, halfRoot, half, tiny, scale, shift, infinity, notANumber, signBit] = constants(f, p, [
    0,
    1,
    Math.SQRT1_2,
    0.5,
    2 ** -126,
    2 ** 25,
    25,
    Infinity,
    NaN,
    -0,
  ])
  const [unit, most] = doubles(f, [1, 300])
  const artanh = doubles(
    f,
    [8, 7, 6, 5, 4, 3, 2, 1, 0].map((k) => 2 / ((2 * k + 1) * Math.LN2)),
  )
  const exponential = doubles(
    f,
    [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((k) => Math.LN2 ** k / factorial(k)),
  )
  const mantissaBits = f.let(i32x4.splat(i32.const(0x007fffff)))
  const bias = f.let(i32x4.splat(i32.const(126)))
  const scaleBias = f.let(i32x4.splat(i32.const(127)))
  const powerOfTwo = (n: Vector): Vector => i32x4.shl(i32x4.add(n, scaleBias), 23)
  return (left, right) => {
    const [a, b] = [f.let(left), f.let(right)]
    const size = f.let(f32x4.abs(a))
    // |a| = m·2ᵉ, as log has it
    const denormal = f.let(f32x4.lt(size, tiny!))
    const normal = f.let(v128.bitselect(f32x4.mul(size, scale!), size, denormal))
    const m = f.let(v128.or(v128.and(normal, mantissaBits), half!))
    const e = f.let(f32x4.sub(f32x4.convertI32x4S(i32x4.sub(i32x4.shrU(normal, 23), bias)), v128.and(denormal, shift!)))
    const small = f.let(f32x4.lt(m, halfRoot!))
    f.set(e, f32x4.sub(e, v128.and(small, one!)))
    f.set(m, f32x4.add(m, v128.and(small, m)))
    // the logarithms of 0, ∞ and NaN
    f.set(e, v128.bitselect(f32x4.neg(infinity!), e, f32x4.eq(size, zero!)))
    f.set(e, v128.bitselect(e, size, f32x4.lt(size, infinity!)))
    const [mantissas, exponents, powers] = [split(f, m), split(f, e), split(f, b)]
    const parts = [0, 1].map((i) => {
      const s = f.let(f64x2.div(f64x2.sub(mantissas[i]!, unit!), f64x2.add(mantissas[i]!, unit!)))
      const log2 = f64x2.add(exponents[i]!, f64x2.mul(series(f, f.let(f64x2.mul(s, s)), artanh), s))
      const t = f.let(f64x2.mul(powers[i]!, log2))
      f.set(t, f64x2.pmax(f64x2.pmin(t, most!), f64x2.neg(most!)))
      const n = f.let(f64x2.nearest(t))
      return { n, y: series(f, f.let(f64x2.sub(t, n)), exponential) }
    }) as [{ n: Local<'v128'>; y: Local<'v128'> }, { n: Local<'v128'>; y: Local<'v128'> }]
    const exponent = f.let(i32x4.truncSatF32x4S(join(f, parts[0].n, parts[1].n)))
    // 2ⁿ in three factors: n is up to 300 in size, a factor's exponent up to 127
    const third = f.let(i32x4.shrS(exponent, 2))
    const scaled = f32x4.mul(f32x4.mul(join(f, parts[0].y, parts[1].y), powerOfTwo(third)), powerOfTwo(third))
    const rest = i32x4.sub(exponent, i32x4.shl(third, 1))
    const remaining = f.let(rest)
    const halfRest = f.let(i32x4.shrS(remaining, 1))
    const y = f.let(f32x4.mul(f32x4.mul(scaled, powerOfTwo(halfRest)), powerOfTwo(i32x4.sub(remaining, halfRest))))
    // a negative base takes whole powers only, and the sign of odd ones
    const halfPower = f.let(f32x4.mul(b, half!))
    const whole = f.let(f32x4.eq(f32x4.trunc(b), b))
    const odd = f.let(v128.andnot(whole, f32x4.eq(f32x4.trunc(halfPower), halfPower)))
    f.set(y, v128.xor(y, v128.and(v128.and(a, signBit!), odd)))
    const finiteNegative = v128.and(f32x4.lt(a, zero!), f32x4.lt(size, infinity!))
    f.set(y, v128.bitselect(notANumber!, y, v128.andnot(finiteNegative, whole)))
    return v128.bitselect(one!, y, f32x4.eq(b, zero!))
  }
}

/** Functions by polynomial, in single precision. */
export const approximateUnary: Readonly<
  Record<'exp' | 'log' | 'sin' | 'cos' | 'tanh' | 'sigmoid' | 'erf', VectorUnary>
> = {
  exp,
  log,
  sin: sineAfter(0),
  cos: sineAfter(1),
  tanh,
  sigmoid,
  erf,
}

/** Powers, in single precision. */
export const approximatePower: VectorBinary = pow
