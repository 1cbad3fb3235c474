import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errorRow, standardError, wholeRow } from './row.ts'
import type { Row } from './row.ts'

const row = (changes: Partial<Row>): Row => ({
  ...errorRow({ method: 'PCA-affine', settings: { trainingSize: 60_000 }, count: 77, total: 10_000 }),
  ...changes,
})

describe('errorRow', () => {
  test('is the rate in per cent, with nulls for what is not published', () => {
    expect(errorRow({ method: 'ridge', settings: { trainingSize: 300 }, count: 3, total: 400, paper: 0.9 })).toEqual({
      measure: 'test error',
      method: 'ridge',
      settings: { trainingSize: 300 },
      value: 0.75,
      unit: '%',
      count: 3,
      total: 400,
      slide: null,
      paper: 0.9,
    })
  })
})

describe('standardError', () => {
  test('is the standard deviation of the cases over √n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(), (total, draw) => {
        const count = 1 + (draw % (total - 1))
        fc.pre(count < total)
        const cases = Array.from({ length: total }, (_, i) => (i < count ? 1 : 0))
        const mean = cases.reduce<number>((a, b) => a + b, 0) / total
        const variance = cases.reduce<number>((sum, x) => sum + (x - mean) ** 2, 0) / total
        // two roundings of sums of up to 300 terms
        expect(standardError(row({ count, total, unit: '' }))).toBeCloseTo(Math.sqrt(variance / total), 12)
        expect(standardError(row({ count, total }))).toBeCloseTo(100 * Math.sqrt(variance / total), 10)
      }),
    )
  })

  test('is null where there is no count, and where the formula would say 0', () => {
    expect(standardError(row({ count: null, total: null }))).toBeNull()
    expect(standardError(row({ count: 0, total: 1000 }))).toBeNull()
    expect(standardError(row({ count: 1000, total: 1000 }))).toBeNull()
  })
})

describe('wholeRow', () => {
  test('lets a sound row through as it is', () => {
    const sound = row({ slide: 0.4 })
    expect(wholeRow(sound)).toEqual(sound)
  })

  test.each<[string, Partial<Row>, RegExp]>([
    ['NaN', { value: NaN }, /row 'test error, PCA-affine': value is NaN: it must be a finite number/],
    ['a count alone', { total: null }, /count is 77 of total null: .* or null for both/],
    ['a total alone', { count: null }, /count is null of total 10000/],
    ['more errors than cases', { count: 10_001 }, /whole number from 0 to total/],
    ['half an error', { count: 0.5 }, /count is 0.5: it must be a whole number/],
    ['a misspelt field', { methode: 'x' } as Partial<Row>, /no option methode. Did you mean method\?/],
    ['no case', { count: 0, total: 0 }, /total is 0: it must be a whole number, 1 or more, or null/],
    ['an infinite number in the paper', { paper: Infinity }, /paper is Infinity: it must be a finite number, or null/],
  ])('refuses %s', (_, changes, message) => {
    expect(() => wholeRow(row(changes))).toThrow(expect.objectContaining({ code: 'BAD_ROW' }))
    expect(() => wholeRow(row(changes))).toThrow(message)
  })
})
