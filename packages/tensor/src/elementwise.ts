// Element-wise arithmetic with broadcasting. Operands may be arrays or plain numbers; results are new contiguous arrays.
import type { BinaryOperation, UnaryOperation } from './backend.ts'
import { type DType, isComplex, promote, realOf } from './dtype.ts'
import { DTypeError } from './errors.ts'
import { broadcastShapes } from './shape.ts'
import { Tensor, empty, tensor } from './tensor.ts'

/** An array, or a number that stands for an array of one element. */
export type Operand = Tensor | number

function binary(op: BinaryOperation, a: Operand, b: Operand): Tensor {
  const [x, y] = pair(a, b)
  const dtype = promote(x.dtype, y.dtype)
  const shape = broadcastShapes(x.shape, y.shape)
  const out = empty(shape, { dtype, backend: x.backend })
  x.backend.zip(op, lift(x, dtype).broadcastTo(shape), lift(y, dtype).broadcastTo(shape), out)
  return out
}

function pair(a: Operand, b: Operand): [Tensor, Tensor] {
  if (a instanceof Tensor && b instanceof Tensor) {
    if (a.backend !== b.backend) {
      throw new DTypeError(`arrays of two back ends, ${a.backend.name} and ${b.backend.name}: move one with onBackend(x, backend)`)
    }
    return [a, b]
  }
  const array = a instanceof Tensor ? a : b instanceof Tensor ? b : null
  const like = array ? { dtype: realOf(array.dtype), backend: array.backend } : {}
  const wrap = (x: Operand): Tensor => (x instanceof Tensor ? x : tensor([x], [], like))
  return [wrap(a), wrap(b)]
}

/** A real operand of a complex operation, as complex numbers with zero imaginary parts. */
function lift(x: Tensor, dtype: DType): Tensor {
  return isComplex(dtype) && !isComplex(x.dtype) ? complex(x) : x
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
  const shape = im ? broadcastShapes(re.shape, im.shape) : re.shape
  const real = promote(re.dtype, im?.dtype ?? re.dtype)
  if (isComplex(real)) throw new DTypeError('complex(re, im) takes real arrays')
  const out = empty(shape, { dtype: real === 'float32' ? 'complex64' : 'complex128', backend: re.backend })
  re.backend.copy(re.broadcastTo(shape), out.real)
  if (im) re.backend.copy(im.broadcastTo(shape), out.imag)
  return out
}
