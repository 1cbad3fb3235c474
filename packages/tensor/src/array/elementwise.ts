// Element-wise arithmetic with broadcasting. Operands may be arrays or plain numbers; results are new contiguous
// arrays.
import * as operations from '../operations/index.ts'
import type { BinaryOperation } from '../operations/zip.ts'
import type { UnaryOperation } from '../operations/map.ts'
import { backendOf } from '../backend/backend-of.ts'
import { complexOf, isComplex, promote, realOf } from './dtype.ts'
import { DTypeError } from '../errors.ts'
import { scope } from './scope.ts'
import { type Shape, broadcastShapes, sameShape } from './shape.ts'
import { differentiable } from '../gradient/tape.ts'
import { Tensor, empty, tensor, unwritten } from './tensor.ts'

/** An array, or a number that stands for an array of one element. */
export type Operand = Tensor | number

function binary(op: BinaryOperation, a: Operand, b: Operand): Tensor {
  if (a instanceof Tensor && b instanceof Tensor && isComplex(a.dtype) === isComplex(b.dtype)) return zip(op, a, b)
  return scope(() => mixed(op, wrap(a, b), wrap(b, a)))
}

function zip(op: BinaryOperation, a: Tensor, b: Tensor): Tensor {
  const shape = broadcastShapes(a.shape, b.shape)
  const out = unwritten(shape, { dtype: promote(a.dtype, b.dtype), backend: backendOf(a, b) })
  const [left, right] = [broadcast(a, shape), broadcast(b, shape)]
  operations.zip(out.backend, op, left, right, out)
  const [ruleA, ruleB] = BINARY_GRADIENTS[op]
  return differentiable(out, [left, (g) => ruleA(g, left, right, out)], [right, (g) => ruleB(g, left, right, out)])
}

const broadcast = (x: Tensor, shape: Shape): Tensor => (sameShape(x.shape, shape) ? x : x.broadcastTo(shape))

/** A number as an array of one element, of the precision of the array beside it. */
function wrap(x: Operand, beside: Operand): Tensor {
  if (x instanceof Tensor) return x
  return tensor([x], [], beside instanceof Tensor ? { dtype: realOf(beside.dtype), backend: beside.backend } : {})
}

/** A real and a complex array: a real factor scales both parts, otherwise the real array gains imaginary parts of 0. */
function mixed(op: BinaryOperation, a: Tensor, b: Tensor): Tensor {
  const [complexA, complexB] = [isComplex(a.dtype), isComplex(b.dtype)]
  if (complexA === complexB) return zip(op, a, b)
  if (complexA && (op === 'mul' || op === 'div')) return zip(op, a.asReal(), b.expand(-1)).asComplex()
  if (complexB && op === 'mul') return zip(op, a.expand(-1), b.asReal()).asComplex()
  return complexA ? zip(op, a, complex(b)) : zip(op, complex(a), b)
}

function unary(op: UnaryOperation, x: Tensor): Tensor {
  const dtype = op === 'abs' ? realOf(x.dtype) : x.dtype
  const out = unwritten(x.shape, { dtype, backend: x.backend })
  operations.map(x.backend, op, x, out)
  return differentiable(out, [x, (g) => UNARY_GRADIENTS[op](g, x, out)])
}

const conjugate = (x: Tensor): Tensor => (isComplex(x.dtype) ? conj(x) : x)
/** 1 where a > b, 1/2 where they are equal, else 0. */
const isLarger = (a: Tensor, b: Tensor): Tensor => div(add(sign(sub(a, b)), 1), 2)

/** The gradient of x from g, that of y = op(x). */
const UNARY_GRADIENTS: Record<UnaryOperation, (g: Tensor, x: Tensor, y: Tensor) => Tensor> = {
  neg: (g) => neg(g),
  // of a complex number the direction z/|z|, of 0 the direction 0/1
  abs: (g, x, y) => mul(g, isComplex(x.dtype) ? div(x, add(y, sub(1, sign(y)))) : sign(x)),
  sign: (g) => mul(g, 0),
  square: (g, x) => mul(g, mul(x, 2)),
  sqrt: (g, _, y) => div(g, mul(y, 2)),
  reciprocal: (g, _, y) => neg(mul(g, square(y))),
  exp: (g, _, y) => mul(g, y),
  log: (g, x) => div(g, x),
  sin: (g, x) => mul(g, cos(x)),
  cos: (g, x) => neg(mul(g, sin(x))),
  tanh: (g, _, y) => mul(g, sub(1, square(y))),
  sigmoid: (g, _, y) => mul(g, mul(y, sub(1, y))),
  relu: (g, _, y) => {
    const out = empty(y.shape, y)
    operations.reluGradient(y.backend, y, g, out)
    return out
  },
  conj: (g) => conjugate(g),
}

type BinaryRule = (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor

/** The gradients of a and b from g, that of y = op(a, b). */
const BINARY_GRADIENTS: Record<BinaryOperation, readonly [BinaryRule, BinaryRule]> = {
  add: [(g) => g, (g) => g],
  sub: [(g) => g, (g) => neg(g)],
  mul: [(g, _, b) => mul(g, conjugate(b)), (g, a) => mul(g, conjugate(a))],
  div: [(g, _, b) => div(g, conjugate(b)), (g, _, b, y) => neg(mul(g, conjugate(div(y, b))))],
  min: [(g, a, b) => mul(g, isLarger(b, a)), (g, a, b) => mul(g, isLarger(a, b))],
  max: [(g, a, b) => mul(g, isLarger(a, b)), (g, a, b) => mul(g, isLarger(b, a))],
  // at a = 0 the logarithm is of 1, so that 0^b has no slope in b
  pow: [
    (g, a, b) => mul(g, mul(b, pow(a, sub(b, 1)))),
    (g, a, _, y) => mul(g, mul(y, log(add(a, sub(1, abs(sign(a))))))),
  ],
}

/** a + b. Throws `ShapeError` if the shapes do not broadcast. */
export const add = (a: Operand, b: Operand): Tensor => binary('add', a, b)
/** a − b. Throws `ShapeError` if the shapes do not broadcast. */
export const sub = (a: Operand, b: Operand): Tensor => binary('sub', a, b)
/** a · b, element-wise. Throws `ShapeError` if the shapes do not broadcast. */
export const mul = (a: Operand, b: Operand): Tensor => binary('mul', a, b)
/** a / b. Throws `ShapeError` if the shapes do not broadcast. */
export const div = (a: Operand, b: Operand): Tensor => binary('div', a, b)
/** The smaller of a and b (real arrays). Equals share their gradient. */
export const minimum = (a: Operand, b: Operand): Tensor => binary('min', a, b)
/** The larger of a and b (real arrays). Equals share their gradient. */
export const maximum = (a: Operand, b: Operand): Tensor => binary('max', a, b)
/** a to the power b (real arrays). */
export const pow = (a: Operand, b: Operand): Tensor => binary('pow', a, b)

/** −x. */
export const neg = (x: Tensor): Tensor => unary('neg', x)
/** |x|; of a complex array its modulus, as a real array. Its derivative at 0 is taken as 0. */
export const abs = (x: Tensor): Tensor => unary('abs', x)
/** −1, 0 or 1 (real arrays). */
export const sign = (x: Tensor): Tensor => unary('sign', x)
/** x² (real arrays). */
export const square = (x: Tensor): Tensor => unary('square', x)
/** √x (real arrays). */
export const sqrt = (x: Tensor): Tensor => unary('sqrt', x)
/** 1/x (real arrays). */
export const reciprocal = (x: Tensor): Tensor => unary('reciprocal', x)
/** eˣ (real arrays). */
export const exp = (x: Tensor): Tensor => unary('exp', x)
/** Natural logarithm (real arrays). */
export const log = (x: Tensor): Tensor => unary('log', x)
/** sin x, x in radians (real arrays). */
export const sin = (x: Tensor): Tensor => unary('sin', x)
/** cos x, x in radians (real arrays). */
export const cos = (x: Tensor): Tensor => unary('cos', x)
/** tanh x (real arrays). */
export const tanh = (x: Tensor): Tensor => unary('tanh', x)
/** 1 / (1 + e⁻ˣ) (real arrays). */
export const sigmoid = (x: Tensor): Tensor => unary('sigmoid', x)
/** max(x, 0) (real arrays). Its derivative at 0 is taken as 0. */
export const relu = (x: Tensor): Tensor => unary('relu', x)
/** Complex conjugate; a real array is copied. */
export const conj = (x: Tensor): Tensor => unary('conj', x)

/** re + i·im; without `im` the imaginary parts are zero. Throws `ShapeError` if the shapes do not broadcast. */
export function complex(re: Tensor, im?: Tensor): Tensor {
  const dtype = promote(re.dtype, im?.dtype ?? re.dtype)
  if (isComplex(dtype)) throw new DTypeError('complex(re, im) takes real arrays')
  const shape = im ? broadcastShapes(re.shape, im.shape) : re.shape
  const out = empty(shape, { dtype: complexOf(dtype), backend: im ? backendOf(re, im) : re.backend })
  const real = broadcast(re, shape)
  operations.copy(out.backend, real, out.real)
  if (im === undefined) return differentiable(out, [real, (g) => g.real])
  const imag = broadcast(im, shape)
  operations.copy(out.backend, imag, out.imag)
  return differentiable(out, [real, (g) => g.real], [imag, (g) => g.imag])
}
