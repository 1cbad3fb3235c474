// Reductions of the reference: one pass over the argument, sums in double precision.
import type { Reduction, View } from '../backend.ts'
import { isComplex } from '../dtype.ts'
import { DTypeError } from '../errors.ts'
import { contiguousStrides, sizeOf } from '../shape.ts'
import { copy, dataOf, realParts } from './elementwise.ts'
import { forEachLine } from './lines.ts'

const START: Record<Reduction, number> = { sum: 0, max: -Infinity, min: Infinity }

/** out ← reduction of x over `axes`. */
export function reduce(op: Reduction, x: View, axes: readonly number[], out: View): void {
  if (isComplex(x.dtype) && op !== 'sum') throw new DTypeError(`${op} is not defined for ${x.dtype} arrays`)
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
  copy({ ...target, buffer: result, dtype: 'float64', strides, offset: 0 }, target)
}

function combine(op: Reduction, a: number, b: number): number {
  if (op === 'sum') return a + b
  return op === 'max' ? Math.max(a, b) : Math.min(a, b)
}
