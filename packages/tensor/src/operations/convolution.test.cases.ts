// Random convolutions and their gradients.
import fc from 'fast-check'
import type { RealDType } from '../array/dtype.ts'
import { type Call, type OperationCases, cases, realType, summed, transformed } from './contract.test.cases.ts'
import type { ConvolutionAlgorithm, ConvolutionOptions } from './convolution-shape.ts'
import * as operations from './index.ts'
import { input, output } from './operand.test.cases.ts'
import type { Pair } from './index.ts'
import { windowCount, windowsOf } from './window.ts'

const items = fc.constantFrom(0, 1, 2, 3, 5)

const side = fc.integer({ min: 1, max: 12 })

const pair = (low: number, high: number): fc.Arbitrary<Pair> =>
  fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))

/** Sizes of a convolution, and its options. */
interface Convolution {
  readonly dtype: RealDType
  readonly options: ConvolutionOptions
  readonly x: readonly number[]
  readonly weights: readonly number[]
  readonly out: readonly number[]
}

const convolutions: fc.Arbitrary<Convolution> = fc
  .record({
    dtype: realType,
    n: items,
    groups: fc.constantFrom(1, 1, 1, 2, 3),
    inEach: fc.integer({ min: 1, max: 5 }),
    outEach: fc.integer({ min: 1, max: 9 }),
    image: fc.tuple(side, side),
    size: pair(1, 4),
    stride: pair(1, 3),
    padding: pair(0, 3),
    dilation: fc.oneof(fc.constant<Pair>([1, 1]), pair(1, 3)),
    // more windows than the usual rule counts: they read zeros
    more: fc.constantFrom(0, 0, 0, 1),
  })
  .map(({ dtype, n, groups, inEach, outEach, image, size, stride, padding, dilation, more }) => {
    const windows = windowsOf(size, { stride, padding, dilation })
    const out = image.map((length, axis) => windowCount(length, windows, axis as 0 | 1) + more)
    return {
      dtype,
      options: { groups, stride, padding, dilation },
      x: [n, groups * inEach, ...image],
      weights: [groups * outEach, inEach, ...size],
      out: [n, groups * outEach, ...out],
    }
  })

/** Those that minimal filtering is for, by each of its forms. */
const filtered: fc.Arbitrary<Convolution> = fc
  .record({
    n: fc.constantFrom(1, 2, 5),
    groups: fc.constantFrom(1, 1, 2),
    inEach: fc.constantFrom(1, 3, 4, 6, 17),
    outEach: fc.constantFrom(1, 3, 8, 9, 20),
    image: fc.tuple(side, side),
    padding: pair(0, 2),
    algorithm: fc.constantFrom<ConvolutionAlgorithm>('F(2,3)', 'F(4,3)', 'F(2,5)'),
  })
  .map(({ n, groups, inEach, outEach, image, padding, algorithm }) => {
    const size = algorithm === 'F(2,5)' ? 5 : 3
    const windows = windowsOf(size, { padding })
    const out = image.map((length, axis) => windowCount(length, windows, axis as 0 | 1))
    return {
      dtype: 'float32',
      options: { groups, padding, algorithm },
      x: [n, groups * inEach, ...image],
      weights: [groups * outEach, inEach, size, size],
      out: [n, groups * outEach, ...out],
    }
  })

const noteOf = ({
  x,
  weights,
  options,
}: {
  x: readonly number[]
  weights: readonly number[]
  options: object
}): string => `${x.join('×')} with ${weights.join('×')}, ${JSON.stringify(options)}`

const conv2d = (of: fc.Arbitrary<Convolution>): fc.Arbitrary<Call> =>
  of.chain((c) =>
    fc
      .tuple(
        input(c.x, c.dtype),
        input(c.weights, c.dtype),
        input([c.out[1]], c.dtype),
        output(c.out, c.dtype),
        fc.boolean(),
      )
      .map(([x, weights, bias, out, biased]) => ({
        operands: { x, weights, bias, out },
        written: ['out'],
        run: (b, v) => operations.conv2d(b, v.x, v.weights, v.out, { ...c.options, ...(biased && { bias: v.bias }) }),
        note: noteOf(c),
      })),
  )

const conv2dInputGradient = (of: fc.Arbitrary<Convolution>): fc.Arbitrary<Call> =>
  of.chain((c) =>
    fc
      .tuple(
        input(c.out, c.dtype),
        input(c.weights, c.dtype),
        input([c.x[1]], c.dtype),
        output(c.x, c.dtype),
        fc.boolean(),
      )
      .map(([gradOut, weights, bias, gradX, biased]) => ({
        operands: { gradOut, weights, bias, gradX },
        written: ['gradX'],
        run: (b, v) =>
          operations.conv2dInputGradient(b, v.gradOut, v.weights, v.gradX, {
            ...c.options,
            ...(biased && { bias: v.bias }),
          }),
        note: noteOf(c),
      })),
  )

const conv2dWeightsGradient = (of: fc.Arbitrary<Convolution>): fc.Arbitrary<Call> =>
  of.chain((c) =>
    fc
      .tuple(input(c.x, c.dtype), input(c.out, c.dtype), output(c.weights, c.dtype))
      .map(([x, gradOut, gradWeights]) => ({
        operands: { x, gradOut, gradWeights },
        written: ['gradWeights'],
        run: (b, v) => operations.conv2dWeightsGradient(b, v.x, v.gradOut, v.gradWeights, c.options),
        note: noteOf(c),
      })),
  )

/** Of `conv2d`. */
export const conv2dCases: OperationCases = cases(operations.conv2d, summed, conv2d(convolutions))

/** Of `conv2dInputGradient`. */
export const conv2dInputGradientCases: OperationCases = cases(
  operations.conv2dInputGradient,
  summed,
  conv2dInputGradient(convolutions),
)

/** Of `conv2dWeightsGradient`. */
export const conv2dWeightsGradientCases: OperationCases = cases(
  operations.conv2dWeightsGradient,
  summed,
  conv2dWeightsGradient(convolutions),
)

/** Of the three by minimal filtering, whose transforms round more often. */
export const filteredConvolutionCases: readonly OperationCases[] = [
  cases(operations.conv2d, transformed, conv2d(filtered)),
  cases(operations.conv2dInputGradient, transformed, conv2dInputGradient(filtered)),
  cases(operations.conv2dWeightsGradient, transformed, conv2dWeightsGradient(filtered)),
].map((contract) => ({ ...contract, title: `${contract.title} by minimal filtering` }))
