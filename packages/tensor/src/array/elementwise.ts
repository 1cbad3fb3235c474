// Element-wise arithmetic with broadcasting. Operands may be arrays or plain numbers; results are new contiguous arrays. Each
// function is an expression, which all back ends compute in one pass, with its gradient.
import { checkTensor } from './checks.ts'
import { backendOf } from '../backend/backend-of.ts'
import { DTypeError } from '../errors.ts'
import { differentiable } from '../gradient/tape.ts'
import * as operations from '../operations/copy.ts'
import { complexPointwise } from '../pointwise/complex-pointwise.ts'
import { derived } from '../pointwise/derivative.ts'
import { type Expression, constant } from '../pointwise/expression.ts'
import * as q from '../pointwise/operators.ts'
import type { Pointwise } from '../pointwise/pass.ts'
import type { Pair } from '../pointwise/plan.ts'
import { pointwise } from '../pointwise/pointwise.ts'
import { type Quantity, is, literal } from '../pointwise/quantity.ts'
import { complexOf, isComplex, promote } from './dtype.ts'
import { broadcastShapes, sameShape } from './shape.ts'
import { Tensor, empty } from './tensor.ts'

export type { Operand } from '../pointwise/pass.ts'

/** @inline */
type One = Pointwise<[x: Expression], Tensor>
/** @inline */
type Two = Pointwise<[a: Expression, b: Expression], Tensor>

/** a + b. Throws `ShapeError` if the shapes do not broadcast. */
export const add: Two = complexPointwise(
  'add',
  (a, b) => ({ re: q.plus(a.re, b.re), im: q.plus(a.im, b.im) }),
  (g) => [g, g],
)
/** a − b. Throws `ShapeError` if the shapes do not broadcast. */
export const sub: Two = complexPointwise(
  'sub',
  (a, b) => ({ re: q.minus(a.re, b.re), im: q.minus(a.im, b.im) }),
  (g) => [g, negative(g)],
)
/** a · b, element-wise. Throws `ShapeError` if the shapes do not broadcast. */
export const mul: Two = complexPointwise('mul', product, derived)
/** a / b. Throws `ShapeError` if the shapes do not broadcast. */
export const div: Two = complexPointwise('div', quotient, (g, y, _, b) => {
  const own = quotient(g, conjugate(b))
  return [own, negative(product(own, conjugate(y)))]
})
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
    if (!is(condition.im, 0)) throw new DTypeError('where takes a real condition: take its modulus with abs')
    return { re: q.select(condition.re, a.re, b.re), im: q.select(condition.re, a.im, b.im) }
  },
  derived,
)

/** −x. */
export const neg: One = complexPointwise('neg', negative, derived)
/** |x|; of a complex array its modulus, as a real array. Its derivative at 0 is taken as 0. */
export const abs: One = complexPointwise('abs', modulus, (g, y, z) => {
  if (is(z.im, 0)) return [q.times(g.re, q.sign(z.re))]
  const along = (part: Quantity): Quantity => q.select(q.equal(y.re, ZERO), ZERO, q.times(g.re, q.over(part, y.re)))
  return [{ re: along(z.re), im: along(z.im) }]
})
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

const ZERO = /* @__PURE__ */ literal(0)

function negative({ re, im }: Pair): Pair {
  return { re: q.negative(re), im: q.negative(im) }
}

function conjugate({ re, im }: Pair): Pair {
  return { re, im: q.negative(im) }
}

function product(a: Pair, b: Pair): Pair {
  return {
    re: q.minus(q.times(a.re, b.re), q.times(a.im, b.im)),
    im: q.plus(q.times(a.re, b.im), q.times(a.im, b.re)),
  }
}

/** In units of the larger part of b, so that its square neither overflows nor vanishes. */
function quotient(a: Pair, b: Pair): Pair {
  if (is(b.im, 0)) return { re: q.over(a.re, b.re), im: q.over(a.im, b.re) }
  const unit = q.larger(q.absolute(b.re), q.absolute(b.im))
  const part = { re: q.over(b.re, unit), im: q.over(b.im, unit) }
  const power = q.times(q.plus(q.square(part.re), q.square(part.im)), unit)
  const { re, im } = product(a, conjugate(part))
  return { re: q.over(re, power), im: q.over(im, power) }
}

/** √(re² + im²) by the larger part, so that no square overflows or vanishes; equal parts, 0 and ∞ too, have no quotient. */
function modulus({ re, im }: Pair): Quantity {
  const [a, b] = [q.absolute(re), q.absolute(im)]
  if (is(im, 0)) return a
  const [large, small] = [q.larger(a, b), q.smaller(a, b)]
  const ratio = q.over(small, large)
  const length = q.times(large, q.root(q.plus(q.square(ratio), literal(1))))
  return q.select(q.equal(large, small), q.times(large, literal(Math.SQRT2)), length)
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
