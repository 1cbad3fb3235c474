// Random element-wise functions of one argument.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, precisions, realType, rounded, shapes } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { type Filling, input, output, updated } from './operand.test.cases.ts'
import { complexOf } from '../array/dtype.ts'
import type { UnaryOperation } from './index.ts'

const REAL_UNARY: readonly UnaryOperation[] = [
  'neg',
  'abs',
  'sign',
  'square',
  'sqrt',
  'reciprocal',
  'exp',
  'log',
  'sin',
  'cos',
  'tanh',
  'sigmoid',
  'relu',
  'conj',
]

const COMPLEX_UNARY: readonly UnaryOperation[] = ['abs', 'conj', 'neg']

const filling: fc.Arbitrary<Filling> = fc.constantFrom('noise', 'noise', 'positive', 'special')

const realMap: fc.Arbitrary<Call> = fc
  .tuple(shapes(), precisions(2), fc.constantFrom(...REAL_UNARY), filling, fc.boolean())
  .chain(([shape, [from, to], op, kind, inPlace]) => {
    const run: Call['run'] = (b, v) => operations.map(b, op, v.x, v.out)
    if (!inPlace) {
      return fc
        .tuple(input(shape, from, kind), output(shape, to))
        .map(([x, out]): Call => ({ operands: { x, out }, written: ['out'], run, note: op }))
    }
    return updated(shape, from, kind).map((x): Call => ({
      operands: { x, out: x },
      alias: { out: 'x' },
      written: ['x'],
      run,
      note: `${op} in place`,
    }))
  })

const complexMap: fc.Arbitrary<Call> = fc
  .tuple(shapes(), realType, fc.constantFrom(...COMPLEX_UNARY))
  .chain(([shape, dtype, op]) =>
    fc
      .tuple(input(shape, complexOf(dtype)), output(shape, op === 'abs' ? dtype : complexOf(dtype)))
      .map(([x, out]): Call => ({
        operands: { x, out },
        written: ['out'],
        run: (b, v) => operations.map(b, op, v.x, v.out),
        note: op,
      })),
  )

/** Of `map`. */
export const mapCases: OperationCases = cases(
  operations.map,
  rounded,
  fc.oneof({ weight: 3, arbitrary: realMap }, { weight: 1, arbitrary: complexMap }),
)
