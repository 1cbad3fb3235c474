// Reductions: one pass over the argument, sums in double precision.
import { isComplex } from '../array/dtype.ts'
import { contiguousStrides, sizeOf } from '../array/shape.ts'
import type { View } from '../backend/backend.ts'
import { dataOf } from '../backend/host.ts'
import { realParts } from '../backend/views.ts'
import { forEachLine } from '../backend/lines.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { DTypeError } from '../errors.ts'
import { copy } from './copy.ts'
import { checkLengths } from './window.ts'

/** Reductions. Complex views take `sum`. */
export type Reduction = 'sum' | 'max' | 'min'

const START: Record<Reduction, number> = { sum: 0, max: -Infinity, min: Infinity }

/** out ← reduction of x over `axes` (each named once); `out` has length 1 on them. A sum of nothing is 0. */
export const reduce: Operation<[op: Reduction, x: View, axes: readonly number[], out: View]> = operation('reduce', {
  prepare(op, x, axes, out) {
    checkLengths(
      `the ${op}`,
      out.shape,
      x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
    )
    if (isComplex(x.dtype) && op !== 'sum') throw new DTypeError(`${op} is not defined for ${x.dtype} arrays`)
    return [op, x, axes, out]
  },
  reference(op, x, axes, out) {
    const target = realParts(out)
    const from = dataOf(x.buffer)
    const totals = new Float64Array(sizeOf(target.shape)).fill(START[op])
    const strides = contiguousStrides(target.shape)
    const still = strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride))
    const source = realParts(x)
    forEachLine(source.shape, [source, { strides: still, offset: 0 }], (n, i, si, t, st) => {
      if (st !== 0) {
        for (let k = 0; k < n; k++) totals[t + k * st] = combine(op, totals[t + k * st], from[i + k * si])
        return
      }
      let total = totals[t]
      for (let k = 0; k < n; k++) total = combine(op, total, from[i + k * si])
      totals[t] = total
    })
    const result = { dtype: 'float64', length: totals.length, data: totals } as const
    copy.reference({ ...target, buffer: result, dtype: 'float64', strides, offset: 0 }, target)
  },
})

function combine(op: Reduction, a: number, b: number): number {
  if (op === 'sum') return a + b
  return op === 'max' ? Math.max(a, b) : Math.min(a, b)
}
