// Element-wise arithmetic with broadcasting. Operands may be arrays or plain numbers; results are new contiguous arrays. Each
// function is an expression, which all back ends compute in one pass, with its gradient.
import { checkTensor } from './checks.ts'
import { backendOf } from '../backend/backend-of.ts'
import { DTypeError } from '../errors.ts'
import { differentiable } from '../gradient/tape.ts'
import * as operations from '../operations/copy.ts'
import { type Expression, constant } from '../pointwise/expression.ts'
import { derived } from '../pointwise/derivative.ts'
import { type Pair, type Pointwise, byRule, complexPointwise, pointwise } from '../pointwise/pointwise.ts'
import { complexOf, isComplex, promote } from './dtype.ts'
import { broadcastShapes, sameShape } from './shape.ts'
import { Tensor, empty } from './tensor.ts'

export type { Operand } from '../pointwise/pointwise.ts'

/** @inline */
type One = Pointwise<[x: Expression], Tensor>
/** @inline */
type Two = Pointwise<[a: Expression, b: Expression], Tensor>

/** a + b. Throws `ShapeError` if the shapes do not broadcast. */
export const add: Two = complexPointwise(
  'add',
  (a, b) => ({ re: a.re.plus(b.re), im: a.im.plus(b.im) }),
  byRule((g) => [g, g]),
)
/** a − b. Throws `ShapeError` if the shapes do not broadcast. */
export const sub: Two = complexPointwise(
  'sub',
  (a, b) => ({ re: a.re.minus(b.re), im: a.im.minus(b.im) }),
  byRule((g) => [g, negative(g)]),
)
/** a · b, element-wise. Throws `ShapeError` if the shapes do not broadcast. */
export const mul: Two = complexPointwise('mul', product, derived)
/** a / b. Throws `ShapeError` if the shapes do not broadcast. */
export const div: Two = complexPointwise(
  'div',
  quotient,
  byRule((g, y, _, b) => {
    const own = quotient(g, conjugate(b))
    return [own, negative(product(own, conjugate(y)))]
  }),
)
/** The smaller of a and b (real arrays). Equals share their gradient. */
export const minimum: Two = pointwise('min', (a, b) => a.min(b))
/** The larger of a and b (real arrays). Equals share their gradient. */
export const maximum: Two = pointwise('max', (a, b) => a.max(b))
/** a to the power b (real arrays). */
export const pow: Two = pointwise('pow', (a, b) => a.pow(b))

/**
 * a where the condition is not 0, else b, element by element; one value serves many places as elsewhere. The condition is real; no
 * gradient goes through it.
 */
export const where: Pointwise<[condition: Expression, a: Expression, b: Expression], Tensor> = complexPointwise(
  'where',
  (condition, a, b) => {
    if (!condition.im.is(0)) throw new DTypeError('where takes a real condition: take its modulus with abs')
    return { re: condition.re.select(a.re, b.re), im: condition.re.select(a.im, b.im) }
  },
  derived,
)

/** −x. */
export const neg: One = complexPointwise('neg', negative, derived)
/** |x|; of a complex array its modulus, as a real array. Its derivative at 0 is taken as 0. */
export const abs: One = complexPointwise(
  'abs',
  modulus,
  byRule((g, y, z) => {
    if (z.im.is(0)) return [g.re.times(z.re.sign())]
    const along = (part: Expression): Expression => y.re.eq(0).select(0, g.re.times(part.over(y.re)))
    return [{ re: along(z.re), im: along(z.im) }]
  }),
)
/** −1, 0 or 1 (real arrays). */
export const sign: One = pointwise('sign', (x) => x.sign())
/** x² (real arrays). */
export const square: One = pointwise('square', (x) => x.square())
/** √x (real arrays). */
export const sqrt: One = pointwise('sqrt', (x) => x.sqrt())
/** 1/x (real arrays). */
export const reciprocal: One = pointwise('reciprocal', (x) => constant(1).over(x))
/** eˣ (real arrays). */
export const exp: One = pointwise('exp', (x) => x.exp())
/** Natural logarithm (real arrays). */
export const log: One = pointwise('log', (x) => x.log())
/** sin x, x in radians (real arrays). */
export const sin: One = pointwise('sin', (x) => x.sin())
/** cos x, x in radians (real arrays). */
export const cos: One = pointwise('cos', (x) => x.cos())
/** tanh x (real arrays). */
export const tanh: One = pointwise('tanh', (x) => x.tanh())
/** 1 / (1 + e⁻ˣ) (real arrays). */
export const sigmoid: One = pointwise('sigmoid', (x) => x.sigmoid())
/** max(x, 0) (real arrays). Its derivative at 0 is taken as 0. */
export const relu: One = pointwise(
  'relu',
  (x) => x.max(0),
  (g, y) => [y.gt(0).select(g, 0)],
)
/** x·Φ(x) = x/2 · (1 + erf(x/√2)), exact (real arrays). Hendrycks & Gimpel (2016). */
export const gelu: One = pointwise('gelu', (x) => x.times(0.5).times(x.times(Math.SQRT1_2).erf().plus(1)))
/** Complex conjugate; a real array is copied. */
export const conj: One = complexPointwise('conj', conjugate, derived)

function negative({ re, im }: Pair): Pair {
  return { re: re.neg(), im: im.neg() }
}

function conjugate({ re, im }: Pair): Pair {
  return { re, im: im.neg() }
}

function product(a: Pair, b: Pair): Pair {
  return { re: a.re.times(b.re).minus(a.im.times(b.im)), im: a.re.times(b.im).plus(a.im.times(b.re)) }
}

/** In units of the larger part of b, so that its square neither overflows nor vanishes. */
function quotient(a: Pair, b: Pair): Pair {
  if (b.im.is(0)) return { re: a.re.over(b.re), im: a.im.over(b.re) }
  const unit = b.re.abs().max(b.im.abs())
  const part = { re: b.re.over(unit), im: b.im.over(unit) }
  const power = part.re.square().plus(part.im.square()).times(unit)
  const { re, im } = product(a, conjugate(part))
  return { re: re.over(power), im: im.over(power) }
}

/** √(re² + im²) by the larger part, so that no square overflows or vanishes; equal parts, 0 and ∞ too, have no quotient. */
function modulus({ re, im }: Pair): Expression {
  if (im.is(0)) return re.abs()
  const [large, small] = [re.abs().max(im.abs()), re.abs().min(im.abs())]
  const length = large.times(small.over(large).square().plus(1).sqrt())
  return large.eq(small).select(large.times(Math.SQRT2), length)
}

/** re + i·im; without `im` the imaginary parts are zero. Throws `ShapeError` if the shapes do not broadcast. */
export function complex(re: Tensor, im?: Tensor): Tensor {
  checkTensor('complex', re)
  if (im !== undefined) checkTensor('complex', im)
  const dtype = promote(re.dtype, im?.dtype ?? re.dtype)
  if (isComplex(dtype)) throw new DTypeError('complex(re, im) takes real arrays')
  const shape = im ? broadcastShapes(re.shape, im.shape) : re.shape
  const out = empty(shape, { dtype: complexOf(dtype), backend: im ? backendOf(re, im) : re.backend })
  const parts = [re, ...(im ? [im] : [])].map((x) => (sameShape(x.shape, shape) ? x : x.broadcastTo(shape)))
  operations.copy(out.backend, parts[0], out.real)
  if (im === undefined) return differentiable(out, [parts[0], (g) => g.real])
  operations.copy(out.backend, parts[1], out.imag)
  return differentiable(out, [parts[0], (g) => g.real], [parts[1], (g) => g.imag])
}
