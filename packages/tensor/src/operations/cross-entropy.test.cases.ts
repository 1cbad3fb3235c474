// Random losses of classification.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, chained, realType } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { input, output } from './operand.test.cases.ts'

const items = fc.constantFrom(0, 1, 2, 3, 5)

const softmaxCrossEntropy: fc.Arbitrary<Call> = fc
  .tuple(items, fc.constantFrom(1, 2, 3, 10, 17), realType, fc.boolean())
  .chain(([n, classes, dtype, gradient]) =>
    fc
      .tuple(
        input([n, classes], dtype),
        output([n], dtype),
        output([n, classes], dtype),
        fc.array(fc.nat(classes - 1), { minLength: n, maxLength: n }),
      )
      .map(([logits, losses, gradLogits, labels]) => ({
        operands: { logits, losses, gradLogits },
        written: ['losses', 'gradLogits'],
        run: (b, v) =>
          operations.softmaxCrossEntropy(
            b,
            v.logits,
            Int32Array.from(labels),
            v.losses,
            gradient ? v.gradLogits : undefined,
          ),
      })),
  )

/** Of `softmaxCrossEntropy`. */
export const softmaxCrossEntropyCases: OperationCases = cases(
  operations.softmaxCrossEntropy,
  chained,
  softmaxCrossEntropy,
)
