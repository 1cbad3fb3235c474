import { expect, it } from 'vitest'
import { accuracyByClass, countsOf, randomSplits, spreadOf } from './by-class.ts'

const set = { labels: Uint8Array.from([0, 1, 0, 1, 1, 0, 1, 1, 1, 0]), classes: ['lotus', 'beaver'] }

it('splits: so many training pictures of each class, all others tested, others in each split, the same again by the seed', () => {
  const splits = randomSplits(set, 3, 8, 1)
  expect(splits).toHaveLength(8)
  for (const { training, test } of splits) {
    expect([0, 1].map((k) => training.filter((row) => set.labels[row] === k).length)).toEqual([3, 3])
    expect([...training, ...test].sort((a, b) => a - b)).toEqual(Array.from(set.labels.keys()))
  }
  expect(new Set(splits.map(({ test }) => test.join())).size).toBeGreaterThan(4)
  expect(randomSplits(set, 3, 8, 1)).toEqual(splits)
  expect(randomSplits(set, 3, 8, 2)).not.toEqual(splits)
})

it('splits need a picture of each class to test', () => {
  expect(() => randomSplits(set, 4, 1, 1)).toThrow('the class lotus has 4 pictures: give more than 4 of each class')
})

it('accuracy by class counts a small class as much as a large one', () => {
  // 3 of 4, and 1 of 1: 80 % of the pictures, 87.5 % by class
  const counts = countsOf(Int32Array.of(0, 0, 1, 0, 1), [0, 0, 0, 0, 1], 2)
  expect([...counts]).toEqual([3, 1, 0, 1])
  expect(accuracyByClass(counts)).toBeCloseTo(87.5, 12)
})

it('mean and deviation', () => {
  expect(spreadOf([70, 80, 90])).toEqual({ mean: 80, deviation: 10 })
  expect(spreadOf([70])).toEqual({ mean: 70, deviation: 0 })
})
