import { type Tensor, ShapeError, ValueError, grad, tensor } from '@scatterlab/tensor'
import { checkOp, expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { binaryCrossEntropy, crossEntropy, meanSquare } from '../index.ts'
import { listed, numbers } from '../operations/numbers.test.data.ts'

const logits = numbers([3, 4], 1)
const labels = [2, 0, 3]
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const row = (n: number): number[] => listed(logits).slice(4 * n, 4 * n + 4)

describe('crossEntropy', () => {
  it('is the mean of −log softmax at the labels', () => {
    checkOp((z) => crossEntropy(z, labels), {
      inputs: [logits],
      value: total(labels.map((label, n) => Math.log(total(row(n).map(Math.exp))) - row(n)[label])) / 3,
      shape: [],
      refuses: [
        { run: () => crossEntropy(numbers([3], 1), labels), code: 'SHAPE', says: 'logits has shape 3' },
        { run: () => crossEntropy(logits, [0, 1]), code: 'SHAPE', says: 'labels has shape 2 where 3' },
        { run: () => crossEntropy(logits, [0, 4, 1]), code: 'VALUE', says: 'label 4 of item 1: there are 4 classes' },
        { run: () => crossEntropy(logits, [0, 1, -1]), code: 'VALUE', says: 'label -1 of item 2' },
        { run: () => crossEntropy(logits, [0.5, 1, 2]), code: 'VALUE', says: 'label 0.5 of item 0: give integers' },
        { run: () => crossEntropy(logits, Float32Array.of(0, NaN, 2)), code: 'VALUE', says: 'label NaN of item 1' },
      ],
    })
  })

  it.each([labels, Uint8Array.from(labels), Int32Array.from(labels), Float64Array.from(labels)])(
    'takes labels as %o',
    (given) => expect(crossEntropy(logits, given).item()).toBe(crossEntropy(logits, labels).item()),
  )

  it('is exact for logits of any size', () => {
    const far = tensor(Float64Array.of(1e4, -1e4, 0, -1e4, 1e4, 0), [2, 3])
    expect(crossEntropy(far, [0, 1]).item()).toBe(0)
    expect(crossEntropy(far, [1, 0]).item()).toBe(2e4)
    expect(crossEntropy(far, [2, 2]).item()).toBe(1e4)
    expectClose(grad((z: Tensor) => crossEntropy(z, [1, 2]))(far), [0.5, -0.5, 0, 0, 0.5, -0.5])
    const equal = tensor(new Float64Array(3).fill(1e4), [1, 3])
    expect(crossEntropy(equal, [1]).item()).toBeCloseTo(Math.log(3), 14)
  })

  it('of logits that are all equal is log of the number of classes', () => {
    expect(crossEntropy(tensor(new Float64Array(20), [2, 10]), [3, 7]).item()).toBeCloseTo(Math.log(10), 14)
  })
})

describe('crossEntropy of softer labels', () => {
  const logSoftmax = (n: number, c: number): number => row(n)[c] - Math.log(total(row(n).map(Math.exp)))
  const crossed = (t: (n: number, c: number) => number): number =>
    -total([0, 1, 2].map((n) => total([0, 1, 2, 3].map((c) => t(n, c) * logSoftmax(n, c))))) / 3

  it.each([0.1, 0.2, 0.9])('spreads a share of %d over all classes, with its gradient', (smoothing) => {
    checkOp((z) => crossEntropy(z, labels, { smoothing }), {
      inputs: [logits],
      value: crossed((n, c) => (1 - smoothing) * Number(labels[n] === c) + smoothing / 4),
      shape: [],
      refuses: [
        { run: () => crossEntropy(logits, labels, { smoothing: 1 }), code: 'VALUE', says: 'smoothing is 1' },
        { run: () => crossEntropy(logits, labels, { smooth: 0.1 } as never), code: 'VALUE', says: 'mean smoothing?' },
      ],
    })
  })

  it('takes a probability of each class, smoothed or not', () => {
    const t = [0.5, 0.25, 0.25, 0, 0, 1, 0, 0, 0.1, 0.2, 0.3, 0.4]
    const own = (data: number[], shape = [3, 4]) => ({ data: Float64Array.from(data), shape })
    checkOp((z) => crossEntropy(z, own(t), { smoothing: 0.3 }), {
      inputs: [logits],
      value: crossed((n, c) => 0.7 * t[4 * n + c] + 0.3 / 4),
      shape: [],
      refuses: [
        { run: () => crossEntropy(logits, own(t, [4, 3])), code: 'SHAPE', says: 'labels of shape 4×3' },
        { run: () => crossEntropy(logits, own([0.6, ...t.slice(1)])), code: 'VALUE', says: 'item 0 sum to 1.1' },
        { run: () => crossEntropy(logits, own([NaN, ...t.slice(1)])), code: 'VALUE', says: 'item 0 sum to NaN' },
      ],
    })
    const oneHot = own([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1])
    expect(crossEntropy(logits, oneHot).item()).toBeCloseTo(crossEntropy(logits, labels).item(), 14)
  })
})

describe('binaryCrossEntropy', () => {
  const sigma = (z: number): number => 1 / (1 + Math.exp(-z))
  const loss = (z: number, y: number): number => -y * Math.log(sigma(z)) - (1 - y) * Math.log(1 - sigma(z))
  const targets = tensor(
    Float64Array.from({ length: 12 }, (_, i) => (i % 5) / 4),
    [3, 4],
  )

  it('is the mean over all elements, for targets of every kind', () => {
    const shape = { code: 'SHAPE', says: 'targets of shape 4 for results of shape 3×4' }
    checkOp((z) => binaryCrossEntropy(z, targets.clone(z.dtype)), {
      inputs: [logits],
      value: total(listed(logits).map((z, i) => loss(z, listed(targets)[i]))) / 12,
      shape: [],
      refuses: [{ run: () => binaryCrossEntropy(logits, numbers([4], 1)), ...shape }],
    })
    for (const y of [0, 1, 0.9]) {
      checkOp((z) => binaryCrossEntropy(z, y), {
        inputs: [logits],
        value: total(listed(logits).map((z) => loss(z, y))) / 12,
        shape: [],
      })
    }
  })

  it.each([0, 1, 0.9])('has the gradient 0.5 − y at z = 0, y = %d', (y) => {
    const zero = tensor(new Float64Array(1), [1, 1])
    expect(grad((z: Tensor) => binaryCrossEntropy(z, y))(zero).item()).toBeCloseTo(0.5 - y, 15)
    expect(binaryCrossEntropy(zero, y).item()).toBeCloseTo(Math.LN2, 15)
  })

  it('does not overflow', () => {
    const far = tensor(Float64Array.of(1e4, -1e4))
    expect(binaryCrossEntropy(far, tensor(Float64Array.of(1, 0))).item()).toBe(0)
    expect(binaryCrossEntropy(far, tensor(Float64Array.of(0, 1))).item()).toBe(1e4)
    expectClose(grad((z: Tensor) => binaryCrossEntropy(z, 1))(far), [0, -0.5])
  })

  it('takes targets as constants', () => {
    const gradient = grad((y: Tensor) => binaryCrossEntropy(logits, y))(targets)
    expect(listed(gradient).every((g) => g === 0)).toBe(true)
  })
})

it('meanSquare is the mean of squares, differentiable on both sides', () => {
  const [y, target] = [numbers([2, 3], 1), numbers([2, 3], 2)]
  checkOp(meanSquare, {
    inputs: [y, target],
    value: total(listed(y).map((v, i) => (v - listed(target)[i]) ** 2)) / 6,
    shape: [],
    refuses: [
      { run: () => meanSquare(y, numbers([3], 1)), code: 'SHAPE', says: 'target of shape 3 for results of shape 2×3' },
    ],
  })
})

it('no loss is taken of nothing', () => {
  const none = tensor(new Float64Array(0), [0, 3])
  expect(() => crossEntropy(none, [])).toThrow(ShapeError)
  expect(() => binaryCrossEntropy(none, 1)).toThrow(ShapeError)
  expect(() => meanSquare(none, none)).toThrow(ShapeError)
  expect(() => crossEntropy(tensor(new Float64Array(3), [1, 3]), [3])).toThrow(ValueError)
})
