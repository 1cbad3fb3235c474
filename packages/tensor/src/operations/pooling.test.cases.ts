// Random poolings and their gradients.
import fc from 'fast-check'
import { type Call, type OperationCases, cases, exact, realType, rounded, summed } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { input, output, updated } from './operand.test.cases.ts'
import { reference } from '../backend/reference.ts'
import type { Pair } from './index.ts'
import { windowCount, windowsOf } from './window.ts'

const items = fc.constantFrom(0, 1, 2, 3, 5)

const side = fc.integer({ min: 1, max: 12 })

const pair = (low: number, high: number): fc.Arbitrary<Pair> =>
  fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))

const poolings = fc
  .record({
    dtype: realType,
    n: items,
    channels: fc.integer({ min: 1, max: 9 }),
    image: fc.tuple(side, side),
    size: pair(1, 4),
    stride: pair(1, 4),
    padding: pair(0, 3),
    more: fc.boolean(),
  })
  .map(({ dtype, n, channels, image, size, stride, padding: asked, more }) => {
    const padding: Pair = [Math.min(asked[0], size[0] - 1), Math.min(asked[1], size[1] - 1)]
    const windows = windowsOf(size, { stride, padding })
    // every window must hold a pixel, so that the last may begin on the last one
    const out = image.map((length, axis) => {
      const most = Math.floor((length - 1 + padding[axis]) / stride[axis]) + 1
      return more ? most : Math.min(most, Math.max(1, windowCount(length, windows, axis as 0 | 1)))
    })
    return { dtype, options: { size, stride, padding }, x: [n, channels, ...image], out: [n, channels, ...out] }
  })

const poolNote = ({ x, out, options }: { x: readonly number[]; out: readonly number[]; options: object }): string =>
  `${x.join('×')} to ${out.join('×')}, ${JSON.stringify(options)}`

const maxPool: fc.Arbitrary<Call> = poolings.chain((c) =>
  fc.tuple(input(c.x, c.dtype), output(c.out, c.dtype)).map(([x, out]) => ({
    operands: { x, out },
    written: ['out'],
    run: (b, v) => operations.maxPool(b, v.x, v.out, c.options),
    note: poolNote(c),
  })),
)

const maxPoolGradient: fc.Arbitrary<Call> = poolings.chain((c) =>
  fc
    .tuple(input(c.x, c.dtype, 'coarse'), updated(c.out, c.dtype), input(c.out, c.dtype), output(c.x, c.dtype))
    .map(([x, out, gradOut, gradX]) => ({
      operands: { x, out, gradOut, gradX },
      written: ['gradX'],
      prepare: (v) => operations.maxPool(reference, v.x, v.out, c.options),
      run: (b, v) => operations.maxPoolGradient(b, v.x, v.out, v.gradOut, v.gradX, c.options),
      note: poolNote(c),
    })),
)

const averagePool: fc.Arbitrary<Call> = fc.tuple(poolings, fc.boolean()).chain(([c, countPadding]) =>
  fc.tuple(input(c.x, c.dtype), output(c.out, c.dtype)).map(([x, out]) => ({
    operands: { x, out },
    written: ['out'],
    run: (b, v) => operations.averagePool(b, v.x, v.out, { ...c.options, countPadding }),
    note: poolNote(c),
  })),
)

const averagePoolGradient: fc.Arbitrary<Call> = fc.tuple(poolings, fc.boolean()).chain(([c, countPadding]) =>
  fc.tuple(input(c.out, c.dtype), output(c.x, c.dtype)).map(([gradOut, gradX]) => ({
    operands: { gradOut, gradX },
    written: ['gradX'],
    run: (b, v) => operations.averagePoolGradient(b, v.gradOut, v.gradX, { ...c.options, countPadding }),
    note: poolNote(c),
  })),
)

/** Of `maxPool`. */
export const maxPoolCases: OperationCases = cases(operations.maxPool, exact, maxPool)

/** Of `maxPoolGradient`. */
export const maxPoolGradientCases: OperationCases = cases(operations.maxPoolGradient, rounded, maxPoolGradient)

/** Of `averagePool`. */
export const averagePoolCases: OperationCases = cases(operations.averagePool, rounded, averagePool)

/** Of `averagePoolGradient`. */
export const averagePoolGradientCases: OperationCases = cases(
  operations.averagePoolGradient,
  summed,
  averagePoolGradient,
)
