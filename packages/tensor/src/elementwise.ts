// Element-wise arithmetic with broadcasting. Operands may be arrays or plain numbers; results are new contiguous arrays.
import type { BinaryOperation, UnaryOperation } from './backend.ts'
import { backendOf } from './backend-of.ts'
import { complexOf, isComplex, promote, realOf } from './dtype.ts'
import { DTypeError } from './errors.ts'
import { scope } from './scope.ts'
import { broadcastShapes } from './shape.ts'
import { Tensor, empty, tensor } from './tensor.ts'

/** An array, or a number that stands for an array of one element. */
export type Operand = Tensor | number

function binary(op: BinaryOperation, a: Operand, b: Operand): Tensor {
  if (a instanceof Tensor && b instanceof Tensor && isComplex(a.dtype) === isComplex(b.dtype)) return zip(op, a, b)
  return scope(() => mixed(op, wrap(a, b), wrap(b, a)))
}

function zip(op: BinaryOperation, a: Tensor, b: Tensor): Tensor {
  const shape = broadcastShapes(a.shape, b.shape)
  const out = empty(shape, { dtype: promote(a.dtype, b.dtype), backend: backendOf(a, b) })
  out.backend.zip(op, a.broadcastTo(shape), b.broadcastTo(shape), out)
  return out
}

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
  const out = empty(x.shape, { dtype, backend: x.backend })
  x.backend.map(op, x, out)
  return out
}

/** a + b. Throws `ShapeError` if the shapes do not broadcast. */
export const add = (a: Operand, b: Operand): Tensor => binary('add', a, b)
/** a − b. Throws `ShapeError` if the shapes do not broadcast. */
export const sub = (a: Operand, b: Operand): Tensor => binary('sub', a, b)
/** a · b, element-wise. Throws `ShapeError` if the shapes do not broadcast. */
export const mul = (a: Operand, b: Operand): Tensor => binary('mul', a, b)
/** a / b. Throws `ShapeError` if the shapes do not broadcast. */
export const div = (a: Operand, b: Operand): Tensor => binary('div', a, b)
/** The smaller of a and b (real arrays). */
export const minimum = (a: Operand, b: Operand): Tensor => binary('min', a, b)
/** The larger of a and b (real arrays). */
export const maximum = (a: Operand, b: Operand): Tensor => binary('max', a, b)
/** a to the power b (real arrays). */
export const pow = (a: Operand, b: Operand): Tensor => binary('pow', a, b)

/** −x. */
export const neg = (x: Tensor): Tensor => unary('neg', x)
/** |x|; of a complex array its modulus, as a real array. */
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
/** max(x, 0) (real arrays). */
export const relu = (x: Tensor): Tensor => unary('relu', x)
/** Complex conjugate; a real array is copied. */
export const conj = (x: Tensor): Tensor => unary('conj', x)

/** re + i·im; without `im` the imaginary parts are zero. Throws `ShapeError` if the shapes do not broadcast. */
export function complex(re: Tensor, im?: Tensor): Tensor {
  const dtype = promote(re.dtype, im?.dtype ?? re.dtype)
  if (isComplex(dtype)) throw new DTypeError('complex(re, im) takes real arrays')
  const shape = im ? broadcastShapes(re.shape, im.shape) : re.shape
  const out = empty(shape, { dtype: complexOf(dtype), backend: im ? backendOf(re, im) : re.backend })
  out.backend.copy(re.broadcastTo(shape), out.real)
  if (im) out.backend.copy(im.broadcastTo(shape), out.imag)
  return out
}
