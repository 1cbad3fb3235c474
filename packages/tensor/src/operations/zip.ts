// Element-wise functions of two arguments.
import { isComplex } from '../array/dtype.ts'
import type { View } from '../backend/backend.ts'
import { dataOf, realParts } from '../backend/host.ts'
import { forEachLine } from '../backend/lines.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { DTypeError } from '../errors.ts'
import { checkSameForm } from './forms.ts'

/** Element-wise functions of two arguments. Complex views (all three are complex, or none) take the first four. */
export type BinaryOperation = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pow'

/**
 * out ← op(a, b), element-wise; all three views have the same shape (broadcast axes have stride 0). Precisions may
 * differ. The output may be a or b.
 */
export const zip: Operation<[op: BinaryOperation, a: View, b: View, out: View]> = operation('zip', {
  prepare(op, a, b, out) {
    checkSameForm(op, out, a, b)
    if (isComplex(out.dtype) && (op === 'min' || op === 'max' || op === 'pow'))
      throw new DTypeError(`${op} is not defined for ${out.dtype} arrays`)
    return [op, a, b, out]
  },
  reference(op, a, b, out) {
    if (isComplex(out.dtype) && op !== 'add' && op !== 'sub') return zipComplex(op, a, b, out)
    const [left, right, to] = [dataOf(a.buffer), dataOf(b.buffer), dataOf(out.buffer)]
    const target = realParts(out)
    forEachLine(target.shape, [realParts(a), realParts(b), target], (n, i, si, j, sj, o, so) => {
      for (let k = 0; k < n; k++) to[o + k * so] = binary(op, left[i + k * si], right[j + k * sj])
    })
  },
})

function binary(op: BinaryOperation, a: number, b: number): number {
  switch (op) {
    case 'add':
      return a + b
    case 'sub':
      return a - b
    case 'mul':
      return a * b
    case 'div':
      return a / b
    case 'min':
      return Math.min(a, b)
    case 'max':
      return Math.max(a, b)
    default:
      return a ** b
  }
}

function zipComplex(op: BinaryOperation, a: View, b: View, out: View): void {
  const [left, right, to] = [dataOf(a.buffer), dataOf(b.buffer), dataOf(out.buffer)]
  const [aImag, bImag, outImag] = [a.imagStride, b.imagStride, out.imagStride]
  forEachLine(out.shape, [a, b, out], (n, i, si, j, sj, o, so) => {
    for (let k = 0; k < n; k++, i += si, j += sj, o += so) {
      const p = left[i]
      const q = left[i + aImag]
      let r = right[j]
      let s = right[j + bImag]
      if (op === 'div') {
        const power = r * r + s * s
        r /= power
        s /= -power
      }
      to[o] = p * r - q * s
      to[o + outImag] = p * s + q * r
    }
  })
}
