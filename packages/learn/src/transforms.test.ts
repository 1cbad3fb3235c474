import { tensor } from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalisePaths } from './normalise-paths.ts'
import { clouds, largestDifference } from './samples.test.data.ts'
import { standardise } from './standardise.ts'
import { unitRows } from './unit-rows.ts'

const { features } = clouds(50, 6, 2)

describe('standardise', () => {
  test('training features get mean 0 and deviation 1, by direct sums', () => {
    const { data } = standardise(features).apply(features)
    for (let j = 0; j < 6; j++) {
      const column = Array.from({ length: 50 }, (_, i) => data[i * 6 + j])
      expect(column.reduce((a, b) => a + b) / 50).toBeCloseTo(0, 12)
      expect(column.reduce((a, b) => a + b * b, 0) / 50).toBeCloseTo(1, 12)
    }
  })

  test('features of test samples are moved by what was measured on the training rows only', () => {
    const measured = standardise({ data: Float64Array.of(1, 3, 100), shape: [3, 1] }, { rows: [0, 1] })
    expect(measured).toMatchObject({ mean: Float64Array.of(2), deviation: Float64Array.of(1) })
    expect(measured.apply({ data: Float32Array.of(7), shape: [1, 1] }).data).toEqual(Float32Array.of(5))
  })

  test('a constant feature becomes 0, also one whose mean rounds', () => {
    const data = new Float64Array(30).fill(0.1)
    const { data: out } = standardise({ data, shape: [30, 1] }).apply({ data, shape: [30, 1] })
    expect(largestDifference(out, new Float64Array(30))).toBeLessThan(1e-15)
  })

  test.each([14.62, 1 / 3, -1e-300, 1e200, 4e15 + 1])(
    'a constant %f is recognised in any number of samples',
    (value) => {
      for (const count of [1, 2, 1000, 100_003]) {
        const constant = standardise({ data: new Float64Array(count).fill(value), shape: [count, 1] })
        expect(constant).toMatchObject({ mean: Float64Array.of(value), deviation: Float64Array.of(1) })
      }
    },
  )

  test('numbers that differ by rounding only are constant', () => {
    const data = Float64Array.from({ length: 1000 }, (_, i) => 14.62 * (1 + (i % 2) * 2 ** -52))
    expect(standardise({ data, shape: [1000, 1] }).deviation).toEqual(Float64Array.of(1))
  })

  test('samples of any size keep their deviation', () => {
    for (const unit of [1e-200, 1e-6, 1e6, 1e200]) {
      const { mean, deviation } = standardise({ data: Float64Array.of(-unit, 3 * unit), shape: [2, 1] })
      expect(mean[0] / unit).toBeCloseTo(1, 14)
      expect(deviation[0] / unit).toBeCloseTo(2, 14)
    }
  })

  test('no sample and other widths are refused', () => {
    expect(() => standardise(features, { rows: [] })).toThrow('no sample to measure')
    expect(() => standardise(features).apply({ data: new Float64Array(5), shape: [1, 5] })).toThrow(
      'features of shape 1×5 for a fit to 6 features',
    )
  })
})

describe('normalisePaths', () => {
  test('divides each path by its largest norm over the training samples', () => {
    const data = Float64Array.of(3, 4, 0, 1, 0, 6, 0, 0) // two samples, two paths of two positions
    const { norms, apply } = normalisePaths({ data, shape: [2, 4] }, { paths: 2 })
    expect(norms).toEqual(Float64Array.of(6, 1))
    expect(largestDifference(apply({ data, shape: [2, 4] }).data, [0.5, 2 / 3, 0, 1, 0, 1, 0, 0])).toBeLessThan(1e-15)
  })

  test('a path that is zero throughout stays, and a number that does not divide is refused', () => {
    expect(normalisePaths({ data: new Float64Array(4), shape: [1, 4] }, { paths: 2 }).norms).toEqual(
      Float64Array.of(1, 1),
    )
    expect(() => normalisePaths(features, { paths: 4 })).toThrow('paths 4 does not divide the 6 features')
  })
})

describe('unitRows', () => {
  test('rows have norm 1, or stay zero', () => {
    const rows = fc.array(
      fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -9, max: 9 })),
      {
        minLength: 1,
      },
    )
    fc.assert(
      fc.property(rows, (list) => {
        const { data } = unitRows.apply({ data: Float64Array.from(list.flat()), shape: [list.length, 2] })
        list.forEach((row, i) => {
          const expected = row.some((value) => value !== 0) ? 1 : 0
          expect(Math.hypot(data[2 * i], data[2 * i + 1])).toBeCloseTo(expected, 12)
        })
      }),
    )
    expect(Array.from(unitRows.apply({ data: new Float64Array(2), shape: [1, 2] }).data)).toEqual([0, 0])
  })
})

describe('inPlace', () => {
  test('writes over the features, and by default does not', () => {
    const data = Float64Array.of(3, 4)
    expect(unitRows.apply({ data, shape: [1, 2] }).data).not.toBe(data)
    expect(Array.from(data)).toEqual([3, 4])
    expect(unitRows.apply({ data, shape: [1, 2] }, { inPlace: true }).data).toBe(data)
    expect(largestDifference(data, [0.6, 0.8])).toBeLessThan(1e-15)
  })

  test('is refused on nested arrays, of which a copy would be changed', () => {
    expect(() => unitRows.apply([[3, 4]], { inPlace: true })).toThrow(expect.objectContaining({ code: 'VALUE' }))
  })

  test('is refused on a tensor that is not contiguous', () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]).transpose()
    expect(() => unitRows.apply(x, { inPlace: true })).toThrow('not contiguous')
  })
})
