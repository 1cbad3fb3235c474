// Element-wise functions of one argument.
import { isComplex } from '../array/dtype.ts'
import type { View } from '../backend/backend.ts'
import { dataOf, realParts } from '../backend/host.ts'
import { forEachLine } from '../backend/lines.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { DTypeError } from '../errors.ts'
import { copy } from './copy.ts'
import { checkSameForm, checkSameShape } from './forms.ts'

/**
 * Element-wise functions of one argument. Complex views take `neg`, `conj` and `abs`, the modulus, which goes to a real
 * view; `conj` of a real view is a copy. `sign` of 0 is 0; `relu` is max(x, 0).
 */
export type UnaryOperation =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'square'
  | 'sqrt'
  | 'reciprocal'
  | 'exp'
  | 'log'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'sigmoid'
  | 'relu'
  | 'conj'

/** out ← op(x), element-wise. The output may be x. */
export const map: Operation<[op: UnaryOperation, x: View, out: View]> = operation('map', {
  prepare(op, x, out) {
    if (op === 'abs') {
      checkSameShape(op, out, x)
      if (isComplex(out.dtype)) throw new DTypeError(`abs goes to a real view, not to ${out.dtype}`)
    } else checkSameForm(op, out, x)
    if (isComplex(x.dtype) && op !== 'neg' && op !== 'abs' && op !== 'conj')
      throw new DTypeError(`${op} is not defined for ${x.dtype} arrays`)
    return [op, x, out]
  },
  reference(op, x, out) {
    if (isComplex(x.dtype) && op !== 'neg') return mapComplex(op, x, out)
    if (op === 'conj') return copy.reference(x, out)
    const [from, to] = [dataOf(x.buffer), dataOf(out.buffer)]
    const [source, target] = [realParts(x), realParts(out)]
    forEachLine(target.shape, [source, target], (n, i, si, o, so) => {
      for (let k = 0; k < n; k++) to[o + k * so] = unary(op, from[i + k * si])
    })
  },
})

// a switch in the loop is twice as fast as a call through a table of functions, which the engine cannot inline
function unary(op: Exclude<UnaryOperation, 'conj'>, x: number): number {
  switch (op) {
    case 'neg':
      return -x
    case 'abs':
      return Math.abs(x)
    case 'sign':
      return Math.sign(x)
    case 'square':
      return x * x
    case 'sqrt':
      return Math.sqrt(x)
    case 'reciprocal':
      return 1 / x
    case 'exp':
      return Math.exp(x)
    case 'log':
      return Math.log(x)
    case 'sin':
      return Math.sin(x)
    case 'cos':
      return Math.cos(x)
    case 'tanh':
      return Math.tanh(x)
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x))
    default:
      return Math.max(x, 0)
  }
}

function mapComplex(op: UnaryOperation, x: View, out: View): void {
  const [from, to] = [dataOf(x.buffer), dataOf(out.buffer)]
  const [xImag, outImag] = [x.imagStride, out.imagStride]
  forEachLine(out.shape, [x, out], (n, i, si, o, so) => {
    for (let k = 0; k < n; k++, i += si, o += so) {
      const re = from[i]
      const im = from[i + xImag]
      if (op === 'abs') to[o] = Math.sqrt(re * re + im * im)
      else {
        to[o] = re
        to[o + outImag] = -im
      }
    }
  })
}
