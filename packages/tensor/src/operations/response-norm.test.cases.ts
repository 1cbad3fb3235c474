// Random response normalisations and their gradients.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, chained, realType, rounded, shapes } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { input, output } from './operand.test.cases.ts'

const norms = fc.record({
  size: fc.constantFrom(1, 3, 5, 7),
  alpha: fc.constantFrom(1e-4, 0.05, 0.5),
  beta: fc.constantFrom(0.75, 0.5, 1),
  convention: fc.constantFrom('paper' as const, 'caffe' as const),
})

const responseNorm: fc.Arbitrary<Call> = fc.tuple(shapes(2, 4), realType, norms).chain(([shape, dtype, options]) =>
  fc.tuple(input(shape, dtype), output(shape, dtype)).map(([x, out]) => ({
    operands: { x, out },
    written: ['out'],
    run: (b, v) => operations.responseNorm(b, v.x, v.out, options),
    note: `${shape.join('×')}, ${JSON.stringify(options)}`,
  })),
)

const responseNormGradient: fc.Arbitrary<Call> = fc
  .tuple(shapes(2, 4), realType, norms)
  .chain(([shape, dtype, options]) =>
    fc.tuple(input(shape, dtype), input(shape, dtype), output(shape, dtype)).map(([x, gradOut, gradX]) => ({
      operands: { x, gradOut, gradX },
      written: ['gradX'],
      run: (b, v) => operations.responseNormGradient(b, v.x, v.gradOut, v.gradX, options),
      note: `${shape.join('×')}, ${JSON.stringify(options)}`,
    })),
  )

/** Of `responseNorm`. */
export const responseNormCases: OperationCases = cases(operations.responseNorm, rounded, responseNorm)

/** Of `responseNormGradient`. */
export const responseNormGradientCases: OperationCases = cases(
  operations.responseNormGradient,
  chained,
  responseNormGradient,
)
