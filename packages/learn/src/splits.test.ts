import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kNearestNeighbours } from './nearest-neighbours.ts'
import { clouds } from './samples.test.data.ts'
import { crossValidate, holdOut, kFold } from './splits.ts'

const sorted = (...lists: Int32Array[]): number[] => lists.flatMap((list) => [...list]).sort((a, b) => a - b)
const labelLists = fc
  .tuple(fc.integer({ min: 5, max: 20 }), fc.integer({ min: 5, max: 20 }), fc.infiniteStream(fc.nat()))
  .map(([a, b, keys]) => {
    const labels = [...new Array<number>(a).fill(0), ...new Array<number>(b).fill(1)]
    return labels
      .map((label) => ({ label, key: keys.next().value }))
      .sort((x, y) => x.key - y.key)
      .map(({ label }) => label)
  })

describe('holdOut', () => {
  test('parts every class in proportion, each row once, ascending', () => {
    fc.assert(
      fc.property(labelLists, fc.constantFrom(0.1, 0.25, 0.5), fc.integer(), (labels, fraction, seed) => {
        const { training, validation } = holdOut(labels, { fraction, seed })
        expect(sorted(training, validation)).toEqual(labels.map((_, i) => i))
        expect(sorted(training)).toEqual([...training])
        for (const k of [0, 1]) {
          const size = labels.filter((label) => label === k).length
          const held = [...validation].filter((row) => labels[row] === k).length
          expect(held).toBe(Math.max(1, Math.round(size * fraction)))
        }
      }),
    )
  })

  test('is the same for the same seed, and another for another', () => {
    const labels = Array.from({ length: 60 }, (_, i) => i % 3)
    expect(holdOut(labels, { seed: 'a' })).toEqual(holdOut(labels, { seed: 'a' }))
    expect(holdOut(labels, { seed: 'a' })).not.toEqual(holdOut(labels, { seed: 'b' }))
  })

  test('keeps to the given rows', () => {
    const { training, validation } = holdOut([0, 1, 0, 1, 0, 1], { rows: [0, 1, 2, 3], fraction: 0.5 })
    expect(sorted(training, validation)).toEqual([0, 1, 2, 3])
  })

  test('refuses a class of one sample, a bad fraction, rows outside', () => {
    expect(() => holdOut([0, 0, 1])).toThrow('class 1 has 1 of the 2 samples')
    expect(() => holdOut([0, 0, 1, 1], { fraction: 1 })).toThrow('fraction is 1: it must be a number between 0 and 1')
    expect(() => holdOut([0, 0, 1, 1], { rows: [4] })).toThrow('rows[0] is 4')
    expect(() => holdOut([0, 0, 1, 1], { rows: [0, 0.5] })).toThrow('rows[1] is 0.5')
  })
})

describe('kFold', () => {
  test('validates every row once, on parts that differ by at most one a class', () => {
    fc.assert(
      fc.property(labelLists, fc.integer({ min: 2, max: 5 }), (labels, folds) => {
        const splits = kFold(labels, { folds })
        expect(sorted(...splits.map(({ validation }) => validation))).toEqual(labels.map((_, i) => i))
        for (const { training, validation } of splits) {
          expect(sorted(training, validation)).toEqual(labels.map((_, i) => i))
        }
        for (const k of [0, 1]) {
          const counts = splits.map(({ validation }) => [...validation].filter((row) => labels[row] === k).length)
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  test('refuses more folds than a class has samples', () => {
    expect(() => kFold([0, 0, 0, 1, 1, 1], { folds: 4 })).toThrow('class 0 has 3 of the 4 samples')
    expect(() => kFold([0, 0, 1, 1], { folds: 1 })).toThrow('folds is 1')
  })
})

test('crossValidate counts the errors of classifiers that never saw the row', async () => {
  const { features, labels } = clouds(40, 3, 2, { distance: 0.4 })
  const seen: Int32Array[] = []
  const fit = async (rows: Int32Array) => {
    seen.push(rows)
    return kNearestNeighbours(features, labels, { rows })
  }
  const { predicted, errors, counts, errorRate } = await crossValidate(features, labels, fit, { folds: 4, seed: 3 })
  const splits = kFold(labels, { folds: 4, seed: 3 })
  expect(seen).toEqual(splits.map(({ training }) => training))
  expect([...counts]).toEqual([10, 10, 10, 10])
  // the nearest other sample outside the row's own fold, by direct distances
  for (const { training, validation } of splits) {
    for (const row of validation) {
      const distance = (other: number): number =>
        [0, 1, 2].reduce((sum, j) => sum + (features.data[row * 3 + j] - features.data[other * 3 + j]) ** 2, 0)
      const nearest = [...training].reduce((best, other) => (distance(other) < distance(best) ? other : best))
      expect(predicted[row]).toBe(labels[nearest])
    }
  }
  const wrong = predicted.filter((label, i) => label !== labels[i]).length
  expect(errors.reduce((a, b) => a + b)).toBe(wrong)
  expect(errorRate).toBe(wrong / 40)
  expect(wrong).toBeGreaterThan(0)
})
