import { grad, sum, tensor } from '@scatterlab/tensor'
import { type Pair } from '@scatterlab/tensor/operations'
import { checkOp } from '@scatterlab/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pooledBy, windowsOfPool } from './naive.test.oracle.ts'
import { numbers } from './numbers.test.data.ts'
import { averagePool2d, maxPool2d } from './pooling.ts'
import { pooledSides } from './sides.ts'

const pair = (low: number, high: number): fc.Arbitrary<Pair> =>
  fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))

/** Windows that overlap, touch or leave gaps, with padding, in images that hold one at least. */
const poolings = fc
  .record({
    planes: pair(1, 2),
    size: pair(1, 4),
    stride: pair(1, 5),
    asked: pair(0, 3),
    spare: pair(0, 5),
    ceil: fc.boolean(),
    countPadding: fc.boolean(),
    seed: fc.integer({ min: 1, max: 99 }),
  })
  .map(({ size, asked, spare, ...rest }) => {
    const padding: Pair = [Math.min(asked[0], size[0] - 1), Math.min(asked[1], size[1] - 1)]
    const side = (axis: 0 | 1): number => Math.max(1, size[axis] - 2 * padding[axis] + spare[axis])
    return { ...rest, size, padding, sides: [side(0), side(1)] }
  })

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

it('max pooling takes the largest pixel of each window, and sends the gradient there', () => {
  fc.assert(
    fc.property(poolings, ({ planes, sides, seed, size, stride, padding, ceil }) => {
      const steps = { size, stride, padding, ceil }
      const x = numbers([...planes, ...sides], seed)
      checkOp((a) => maxPool2d(a, steps), {
        inputs: [x],
        ...pooledBy(x, steps, (inside) => Math.max(...inside)),
        tolerance: {},
        gradient: { directions: 1, seed },
      })
    }),
    { numRuns: 150 },
  )
})

it('average pooling divides by pixels of the padded image, or of the image', () => {
  fc.assert(
    fc.property(poolings, ({ planes, sides, seed, countPadding, ...steps }) => {
      const x = numbers([...planes, ...sides], seed)
      checkOp((a) => averagePool2d(a, { ...steps, countPadding }), {
        inputs: [x],
        ...pooledBy(x, steps, (inside, inPadded) => total(inside) / (countPadding ? inPadded : inside.length)),
        gradient: { directions: 1, seed },
      })
    }),
    { numRuns: 150 },
  )
})

it('of equal pixels the first in reading order has the gradient', () => {
  const x = tensor(Float64Array.of(1, 3, 3, 3, 0, 3, 2, 1, 1), [1, 1, 3, 3])
  const gradient = grad((a: typeof x) => sum(maxPool2d(a, { size: 2, stride: 1 })))(x)
  expect(Array.from(gradient.toTypedArray())).toEqual([0, 2, 0, 1, 0, 1, 0, 0, 0])
})

describe('the number of windows with ceil', () => {
  const lines = fc
    .record({
      length: fc.integer({ min: 1, max: 40 }),
      size: fc.integer({ min: 1, max: 7 }),
      stride: fc.integer({ min: 1, max: 9 }),
      padding: fc.integer({ min: 0, max: 6 }),
    })
    .filter(({ size, padding }) => padding < size)

  it('is what counting them gives', () => {
    fc.assert(
      fc.property(lines, ({ length, size, stride, padding }) => {
        const [height] = pooledSides([length, length], { size, stride, padding, ceil: true })
        expect(height).toBe(windowsOfPool(length, size, stride, padding, true))
      }),
      { numRuns: 2000 },
    )
  })

  it("is PyTorch's formula, wherever that gives a window", () => {
    fc.assert(
      fc.property(lines, ({ length, size, stride, padding }) => {
        let count = Math.ceil((length + 2 * padding - size) / stride) + 1
        if ((count - 1) * stride >= length + padding) count--
        fc.pre(count > 0)
        expect(pooledSides([length, length], { size, stride, padding, ceil: true })).toEqual([count, count])
      }),
      { numRuns: 2000 },
    )
  })

  it('is that of published networks', () => {
    // AlexNet's overlapping pooling comes out even: 55 to 27; cuda-convnet's 3 over 2 on 32 pixels takes a last window
    // of two
    expect(pooledSides([55, 55], { size: 3, stride: 2 })).toEqual([27, 27])
    expect(pooledSides([32, 32], { size: 3, stride: 2, ceil: true })).toEqual([16, 16])
    expect(pooledSides([32, 32], { size: 3, stride: 2 })).toEqual([15, 15])
    // ResNet's first pooling
    expect(pooledSides([112, 112], { size: 3, stride: 2, padding: 1 })).toEqual([56, 56])
  })
})
