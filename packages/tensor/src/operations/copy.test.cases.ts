// Random copies.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, exact, precisions, shapes } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { input, output } from './operand.test.cases.ts'
import { complexOf } from '../array/dtype.ts'

const copy: fc.Arbitrary<Call> = fc
  .tuple(shapes(), precisions(2), fc.boolean())
  .chain(([shape, [from, to], complex]) =>
    fc
      .tuple(input(shape, complex ? complexOf(from) : from, 'special'), output(shape, complex ? complexOf(to) : to))
      .map(([x, out]) => ({ operands: { x, out }, written: ['out'], run: (b, v) => operations.copy(b, v.x, v.out) })),
  )

/** Of `copy`. */
export const copyCases: OperationCases = cases(operations.copy, exact, copy)
