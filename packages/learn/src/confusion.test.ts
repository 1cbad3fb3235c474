import { expect, test } from 'vitest'
import { confusion, errorCount } from './confusion.ts'

test('errors with their binomial standard error', () => {
  expect(errorCount([0, 1, 1, 2], [0, 1, 2, 2])).toEqual({
    errors: 1,
    count: 4,
    rate: 0.25,
    standardError: Math.sqrt(0.1875 / 4),
  })
  // one standard deviation at 43 errors of 10,000 is 0.065 points
  const predicted = Int32Array.from({ length: 10_000 }, (_, i) => (i < 43 ? 1 : 0))
  expect(errorCount(predicted, new Uint8Array(10_000)).standardError).toBeCloseTo(0.00065, 5)
})

test('the confusion matrix has labels as rows', () => {
  expect(confusion([0, 1, 1, 0], [0, 1, 2, 2])).toEqual({
    classes: 3,
    counts: Int32Array.of(1, 0, 0, 0, 1, 0, 1, 1, 0),
  })
})

test('lists of different and of no length are refused', () => {
  expect(() => errorCount([0], [0, 1])).toThrow('1 predictions for 2 labels')
  expect(() => confusion([], [])).toThrow('no prediction to count')
  expect(() => confusion([1e9], [0])).toThrow(expect.objectContaining({ code: 'DATA' }))
  expect(() => errorCount(undefined as never, [0])).toThrow('predictions is undefined: it must be a list of numbers')
})
