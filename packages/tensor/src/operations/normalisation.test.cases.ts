// Random batch normalisations and their gradients.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, chained, divided, realType, shapes } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { input, output, updated } from './operand.test.cases.ts'
import { reference } from '../backend/reference.ts'

/** [items, channels, …] with at least one number to a channel. */
const channelShapes = shapes(2, 4).filter((shape) => !shape.includes(0))

const channelMoments: fc.Arbitrary<Call> = fc.tuple(channelShapes, realType).chain(([shape, dtype]) =>
  fc.tuple(input(shape, dtype), output([shape[1]], dtype), output([shape[1]], dtype)).map(([x, mean, variance]) => ({
    operands: { x, mean, variance },
    written: ['mean', 'variance'],
    run: (b, v) => operations.channelMoments(b, v.x, v.mean, v.variance),
    note: shape.join('×'),
  })),
)

const normalise: fc.Arbitrary<Call> = fc
  .tuple(channelShapes, realType, fc.boolean(), fc.boolean())
  .chain(([shape, dtype, scaled, inPlace]) => {
    const perChannel = [shape[1]]
    return fc
      .record({
        x: updated(shape, dtype),
        mean: input(perChannel, dtype),
        variance: input(perChannel, dtype, 'positive'),
        scale: input(perChannel, dtype),
        shift: input(perChannel, dtype),
        out: output(shape, dtype),
      })
      .map(({ out, ...rest }): Call => ({
        operands: { ...rest, out: inPlace ? rest.x : out },
        ...(inPlace && { alias: { out: 'x' } }),
        written: [inPlace ? 'x' : 'out'],
        run: (b, v) =>
          operations.normalise(b, v.x, v.mean, v.variance, v.out, {
            ...(scaled && { scale: v.scale, shift: v.shift, epsilon: 1e-3 }),
          }),
        note: `${shape.join('×')}${inPlace ? ', in place' : ''}`,
      }))
  })

const normaliseGradient: fc.Arbitrary<Call> = fc
  .tuple(channelShapes, realType, fc.boolean(), fc.boolean(), fc.nat(3))
  .chain(([shape, dtype, scaled, frozen, wanted]) => {
    const perChannel = [shape[1]]
    return fc
      .record({
        x: input(shape, dtype),
        mean: updated(perChannel, dtype),
        variance: updated(perChannel, dtype),
        scale: input(perChannel, dtype),
        gradOut: input(shape, dtype),
        gradX: output(shape, dtype),
        gradScale: output(perChannel, dtype),
        gradShift: output(perChannel, dtype),
      })
      .map((operands): Call => ({
        operands,
        written: ['gradX', 'gradScale', 'gradShift'],
        prepare: (v) => operations.channelMoments(reference, v.x, v.mean, v.variance),
        run: (b, v) =>
          operations.normaliseGradient(b, v.x, v.mean, v.variance, v.gradOut, {
            frozen,
            // channels of one number have no variance: what is divided by is this
            epsilon: 0.1,
            ...(scaled && { scale: v.scale }),
            ...(wanted !== 1 && { gradX: v.gradX }),
            ...(wanted !== 2 && { gradScale: v.gradScale }),
            ...(wanted !== 3 && { gradShift: v.gradShift }),
          }),
        note: `${shape.join('×')}${frozen ? ', frozen' : ''}`,
      }))
  })

/** Of `channelMoments`. */
export const channelMomentsCases: OperationCases = cases(operations.channelMoments, chained, channelMoments)

/** Of `normalise`. */
export const normaliseCases: OperationCases = { ...cases(operations.fused, chained, normalise), title: 'normalise' }

/** Of `normaliseGradient`. */
export const normaliseGradientCases: OperationCases = cases(operations.normaliseGradient, divided, normaliseGradient)
