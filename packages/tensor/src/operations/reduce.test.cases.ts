// Random reductions.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, realType, shapes, summed } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { input, output } from './operand.test.cases.ts'
import { complexOf } from '../array/dtype.ts'
import type { Reduction } from './index.ts'

const reduce: fc.Arbitrary<Call> = fc
  .tuple(
    shapes(),
    realType,
    fc.constantFrom<Reduction | 'complex sum'>('sum', 'max', 'min', 'complex sum'),
    fc.boolean(),
  )
  .chain(([shape, dtype, kind, special]) => {
    const op: Reduction = kind === 'complex sum' ? 'sum' : kind
    const type = kind === 'complex sum' ? complexOf(dtype) : dtype
    // the extremum of nothing is not asked for
    const axes = shape.map((_, axis) => axis).filter((axis) => op === 'sum' || shape[axis] > 0)
    return fc.subarray(axes).chain((over) => {
      const reduced = shape.map((length, axis) => (over.includes(axis) ? 1 : length))
      const values = op !== 'sum' && special ? 'special' : 'noise'
      return fc.tuple(input(shape, type, values), output(reduced, type)).map(([x, out]): Call => ({
        operands: { x, out },
        written: ['out'],
        run: (b, v) => operations.reduce(b, op, v.x, over, v.out),
        note: `${kind} over ${over.join()} of ${shape.join('×')}`,
      }))
    })
  })

/** Of `reduce`. */
export const reduceCases: OperationCases = cases(operations.reduce, summed, reduce)
