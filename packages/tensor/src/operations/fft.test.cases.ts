// Random Fourier transforms.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, shapes, summed } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { input, output, updated } from './operand.test.cases.ts'
import type { DType } from '../array/dtype.ts'
import { sizeOf } from '../array/shape.ts'

const fft: fc.Arbitrary<Call> = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(48, 64, 97, 128, 120, 136, 179, 210, 256, 323, 331, 343, 1009, 2310, 4096),
    ),
    shapes(0, 2).filter((shape) => sizeOf(shape) <= 40),
    fc.constantFrom<DType>('complex64', 'complex64', 'complex128'),
    fc.nat(2),
    fc.constantFrom<-1 | 1>(-1, 1),
    fc.boolean(),
  )
  .chain(([length, rest, dtype, place, sign, inPlace]) => {
    const axis = Math.min(place, rest.length)
    const shape = rest.toSpliced(axis, 0, length)
    const run: Call['run'] = (b, v) => operations.fft(b, v.x, v.out, axis, sign)
    const note = `length ${length}, axis ${axis}, sign ${sign}`
    if (!inPlace) {
      return fc
        .tuple(input(shape, dtype), output(shape, dtype))
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

/** Of `fft`. */
export const fftCases: OperationCases = cases(operations.fft, summed, fft)
