// Random element-wise functions of two arguments.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, precisions, rounded, shapes } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { type Filling, input, output, updated } from './operand.test.cases.ts'
import { complexOf } from '../array/dtype.ts'
import type { BinaryOperation } from './index.ts'

const BINARY: readonly BinaryOperation[] = ['add', 'sub', 'mul', 'div', 'min', 'max', 'pow']

const COMPLEX_BINARY: readonly BinaryOperation[] = ['add', 'sub', 'mul', 'div']

const filling: fc.Arbitrary<Filling> = fc.constantFrom('noise', 'noise', 'positive', 'special')

const zip: fc.Arbitrary<Call> = fc
  .tuple(shapes(), precisions(3), fc.boolean(), fc.boolean(), filling)
  .chain(([shape, types, complex, inPlace, kind]) => {
    const [left, right, to] = complex ? types.map(complexOf) : types
    return fc.constantFrom(...(complex ? COMPLEX_BINARY : BINARY)).chain((op) => {
      const run: Call['run'] = (b, v) => operations.zip(b, op, v.a, v.b, v.out)
      const values = complex ? 'noise' : kind
      if (!inPlace) {
        return fc
          .tuple(input(shape, left, values), input(shape, right, values), output(shape, to))
          .map(([a, b, out]): Call => ({ operands: { a, b, out }, written: ['out'], run, note: op }))
      }
      return fc.tuple(updated(shape, left, values), input(shape, right, values)).map(([a, b]): Call => ({
        operands: { a, b, out: a },
        alias: { out: 'a' },
        written: ['a'],
        run,
        note: `${op} in place`,
      }))
    })
  })

/** Of `zip`. */
export const zipCases: OperationCases = cases(operations.zip, rounded, zip)
