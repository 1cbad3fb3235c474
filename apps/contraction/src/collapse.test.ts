import { expect, it } from 'vitest'
import { classMeans, collapse, disagreeing, duality, nearestMeans } from './collapse.ts'

/** Corners of a simplex of `classes` points, centred, of length r, in as many dimensions. */
function corners(classes: number, r: number): number[][] {
  const length = Math.sqrt(1 - 1 / classes)
  return Array.from({ length: classes }, (_, k) =>
    Array.from({ length: classes }, (_, j) => (r / length) * ((j === k ? 1 : 0) - 1 / classes)),
  )
}

/** Each mean, and around it ±σ along every axis, somewhere in space. */
function planted(means: readonly number[][], sigma: number) {
  const rows: number[][] = []
  const labels: number[] = []
  means.forEach((mean, label) => {
    for (let axis = 0; axis < mean.length; axis++) {
      for (const sign of [-1, 1]) {
        rows.push(mean.map((value, j) => 7 + value + (j === axis ? sign * sigma : 0)))
        labels.push(label)
      }
    }
  })
  return { points: { data: Float64Array.from(rows.flat()), shape: [rows.length, means[0].length] }, labels }
}

it.each([
  [3, 1, 0.1],
  [5, 2, 0.3],
  [10, 0.5, 0.02],
])('is what the formula gives for %d classes at the corners of a simplex', async (classes, r, sigma) => {
  const means = corners(classes, r)
  const { points, labels } = planted(means, sigma)
  const found = await collapse(points, labels)
  // Σ_W = σ²/d I, Σ_B has r²/(C − 1) along C − 1 axes; d = C
  expect(found.within).toBeCloseTo(((classes - 1) * (sigma ** 2 / classes) * ((classes - 1) / r ** 2)) / classes, 10)
  expect(found.lengths).toBeLessThan(1e-12)
  expect(found.angles).toBeLessThan(1e-12)
  expect(found.farther).toBe(0)
  const own = classMeans(points, labels)
  expect(
    duality(
      means.flat().map((value) => 3 * value),
      own,
    ),
  ).toBeLessThan(1e-12)
  expect(
    duality(
      means.flat().map((value) => -value),
      own,
    ),
  ).toBeCloseTo(2, 12)
  expect([...nearestMeans(points, own)]).toEqual(labels)
})

it('falls with the square of a contraction to the means, and 0 is reached', async () => {
  const means = [
    [0, 0, 0],
    [4, 0, 1],
    [1, 3, 0],
    [0, 1, 5],
  ]
  const [whole, half, none] = await Promise.all(
    [1, 0.5, 0].map((t) => collapse(planted(means, t).points, planted(means, 1).labels)),
  )
  expect(half.within / whole.within).toBeCloseTo(0.25, 10)
  expect(none.within).toBeCloseTo(0, 12)
  expect(half.lengths).toBeCloseTo(whole.lengths, 12)
  // means of unlike lengths and angles, by hand: in the plane of two opposite means the third is at a right angle
  const plane = await collapse(
    planted(
      [
        [3, 0],
        [-3, 0],
        [0, 0],
      ],
      0.1,
    ).points,
    planted(
      [
        [3, 0],
        [-3, 0],
        [0, 0],
      ],
      0.1,
    ).labels,
  )
  expect(plane.lengths).toBeCloseTo(Math.sqrt(2) / 2, 12)
  expect(plane.angles).toBeCloseTo((0.5 + 0.5 + 0.5) / 3, 12)
})

it('says what is missing', async () => {
  await expect(collapse({ data: Float64Array.of(1, 2), shape: [2, 1] }, [0, 0])).rejects.toMatchObject({ code: 'DATA' })
  await expect(collapse({ data: Float64Array.of(1, 2), shape: [2, 1] }, [0, 2])).rejects.toThrow('class 1 has no point')
  await expect(collapse({ data: Float64Array.of(1, 1), shape: [2, 1] }, [0, 1])).rejects.toThrow('one mean')
  expect(disagreeing([1, 2, 3, 4], [1, 2, 0, 0])).toBe(0.5)
})
