import fc from 'fast-check'
import { expect, test } from 'vitest'
import { classNeighbours } from './class-neighbours.ts'
import { clouds, countingBackend, rowsOf } from './samples.test.data.ts'

/** All pairs, one after the other. */
function bruteForce(rows: readonly number[][], labels: ArrayLike<number>) {
  const near = (i: number, isSame: boolean): { row: number; distance: number } =>
    rows.reduce(
      (best, row, j) => {
        if (j === i || (labels[j] === labels[i]) !== isSame) return best
        const distance = Math.hypot(...row.map((value, c) => value - rows[i][c]))
        return distance < best.distance ? { row: j, distance } : best
      },
      { row: -1, distance: Infinity },
    )
  const means = { within: [] as number[], between: [] as number[] }
  rows.forEach((a, i) =>
    rows.slice(0, i).forEach((b, j) => {
      const distance = Math.hypot(...a.map((value, c) => value - b[c]))
      means[labels[i] === labels[j] ? 'within' : 'between'].push(distance)
    }),
  )
  const mean = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length
  return {
    same: rows.map((_, i) => near(i, true)),
    other: rows.map((_, i) => near(i, false)),
    within: mean(means.within),
    between: mean(means.between),
  }
}

test('neighbours and means are those of all pairs', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.nat(),
        count: fc.integer({ min: 8, max: 60 }),
        columns: fc.integer({ min: 1, max: 9 }),
        offset: fc.constantFrom(0, 1e4),
        single: fc.boolean(),
      }),
      async ({ seed, count, columns, offset, single }) => {
        const { features, labels } = clouds(count, columns, 3, { seed, single })
        features.data.forEach((value, at) => (features.data[at] = value + offset))
        const expected = bruteForce(rowsOf(features), labels)
        const { backend, live } = countingBackend()
        const found = await classNeighbours(features, labels, { backend })
        for (const kind of ['same', 'other'] as const) {
          expected[kind].forEach(({ row, distance }, i) => {
            expect(found[kind].distances[i]).toBeCloseTo(distance, 9)
            // a far offset leaves equal distances to rounding: then either row will do
            if (offset === 0 && !single) expect(found[kind].indices[i]).toBe(row)
          })
        }
        expect(found.within / expected.within).toBeCloseTo(1, 6)
        expect(found.between / expected.between).toBeCloseTo(1, 6)
        expect(live()).toBe(0)
      },
    ),
    { numRuns: 25 },
  )
})

test('equal samples have distance 0, and of equal distances the first sample comes', async () => {
  const points = [
    [0, 0],
    [1e3, 0],
    [0, 0],
    [0, 0],
    [1e3, 1],
    [0, 2],
  ]
  const { same, other, within } = await classNeighbours(points, [0, 1, 0, 0, 1, 1])
  expect([...same.indices]).toEqual([2, 4, 0, 0, 1, 4])
  expect([...same.distances.subarray(0, 5)]).toEqual([0, 1, 0, 0, 1])
  expect([...other.indices]).toEqual([5, 0, 5, 5, 0, 0])
  expect(other.distances[0]).toBe(2)
  expect(within).toBeCloseTo((1 + Math.hypot(1e3, 2) + Math.hypot(1e3, 1)) / 6, 9)
})

test('some rows are a set of their own', async () => {
  const { features, labels } = clouds(40, 4, 2, { seed: 3 })
  const rows = [31, 2, 7, 12, 20, 5]
  const found = await classNeighbours(features, labels, { rows })
  const own = rows.map((row) => rowsOf(features)[row])
  const expected = bruteForce(
    own,
    rows.map((row) => labels[row]),
  )
  expect([...found.other.indices]).toEqual(expected.other.map(({ row }) => rows[row]))
})

test('says what is wrong with classes', async () => {
  await expect(classNeighbours([[1], [2]], [0, 0])).rejects.toMatchObject({ code: 'DATA' })
  await expect(classNeighbours([[1], [2], [3]], [0, 0, 1])).rejects.toThrow('class 1 has one sample')
  await expect(classNeighbours([[1], [NaN], [3]], [0, 0, 1])).rejects.toMatchObject({ code: 'DATA' })
})
