// Random updates of optimizers.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, chained, realType, shapes } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { input, updated } from './operand.test.cases.ts'

const sgdUpdate: fc.Arbitrary<Call> = fc
  .tuple(
    shapes(),
    realType,
    fc.record({
      rate: fc.constantFrom(0.01, 1),
      momentum: fc.constantFrom(0, 0.9),
      decay: fc.constantFrom(0, 0.0005),
      nesterov: fc.boolean(),
    }),
  )
  .chain(([shape, dtype, options]) =>
    fc.tuple(updated(shape, dtype), updated(shape, dtype), input(shape, dtype)).map(([w, velocity, gradient]) => ({
      operands: { w, velocity, gradient },
      written: ['w', 'velocity'],
      run: (b, v) => operations.sgdUpdate(b, v.w, v.velocity, v.gradient, options),
      note: JSON.stringify(options),
    })),
  )

const adamUpdate: fc.Arbitrary<Call> = fc
  .tuple(
    shapes(),
    realType,
    fc.record({
      rate: fc.constantFrom(0.001, 0.1),
      decay: fc.constantFrom(0, 0.01),
      decoupled: fc.boolean(),
      step: fc.constantFrom(1, 2, 1000),
    }),
  )
  .chain(([shape, dtype, options]) =>
    fc
      .tuple(updated(shape, dtype), updated(shape, dtype), updated(shape, dtype, 'positive'), input(shape, dtype))
      .map(([w, mean, square, gradient]) => ({
        operands: { w, mean, square, gradient },
        written: ['w', 'mean', 'square'],
        run: (b, v) => operations.adamUpdate(b, v.w, v.mean, v.square, v.gradient, options),
        note: JSON.stringify(options),
      })),
  )

/** Of `sgdUpdate`. */
export const sgdUpdateCases: OperationCases = cases(operations.sgdUpdate, chained, sgdUpdate)

/** Of `adamUpdate`. */
export const adamUpdateCases: OperationCases = cases(operations.adamUpdate, chained, adamUpdate)
