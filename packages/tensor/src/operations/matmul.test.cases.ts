// Random matrix products.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, precisions, summed } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { input, output, updated } from './operand.test.cases.ts'

const extent = fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 40)

const matmul: fc.Arbitrary<Call> = fc
  .tuple(extent, extent, extent, fc.array(fc.constantFrom(1, 2, 3), { maxLength: 2 }), precisions(3), fc.boolean())
  .chain(([m, k, n, batch, [left, right, to], accumulate]) =>
    fc
      .tuple(
        input([...batch, m, k], left),
        input([...batch, k, n], right),
        accumulate ? updated([...batch, m, n], to) : output([...batch, m, n], to),
      )
      .map(([a, b, out]): Call => ({
        operands: { a, b, out },
        written: ['out'],
        run: (backend, v) => operations.matmul(backend, v.a, v.b, v.out, accumulate),
        note: `${m}×${k} by ${k}×${n}${accumulate ? ', added' : ''}`,
      })),
  )

/** Of `matmul`. */
export const matmulCases: OperationCases = cases(operations.matmul, summed, matmul)
