// Random rectifications and their gradients.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, realType, rounded, shapes } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { input, output, updated } from './operand.test.cases.ts'

const slopes = fc.constantFrom(0, 0, 0.2, 0.01, 1)

const relu: fc.Arbitrary<Call> = fc
  .tuple(shapes(), realType, slopes, fc.boolean())
  .chain(([shape, dtype, slope, inPlace]) => {
    const run: Call['run'] = (b, v) => operations.relu(b, v.x, v.out, slope)
    const note = `slope ${slope}`
    if (!inPlace) {
      return fc
        .tuple(input(shape, dtype, 'special'), output(shape, dtype))
        .map(([x, out]): Call => ({ operands: { x, out }, written: ['out'], run, note }))
    }
    return updated(shape, dtype).map((x): Call => ({
      operands: { x, out: x },
      alias: { out: 'x' },
      written: ['x'],
      run,
      note: `${note}, in place`,
    }))
  })

const reluGradient: fc.Arbitrary<Call> = fc
  .tuple(shapes(), realType, slopes, fc.boolean())
  .chain(([shape, dtype, slope, inPlace]) => {
    const run: Call['run'] = (b, v) => operations.reluGradient(b, v.x, v.gradOut, v.gradX, slope)
    if (!inPlace) {
      return fc
        .tuple(input(shape, dtype, 'coarse'), input(shape, dtype), output(shape, dtype))
        .map(([x, gradOut, gradX]): Call => ({ operands: { x, gradOut, gradX }, written: ['gradX'], run }))
    }
    return fc.tuple(input(shape, dtype), updated(shape, dtype)).map(([x, gradOut]): Call => ({
      operands: { x, gradOut, gradX: gradOut },
      alias: { gradX: 'gradOut' },
      written: ['gradOut'],
      run,
      note: 'in place',
    }))
  })

/** Of `relu`. */
export const reluCases: OperationCases = cases(operations.relu, rounded, relu)

/** Of `reluGradient`. */
export const reluGradientCases: OperationCases = cases(operations.reluGradient, rounded, reluGradient)
