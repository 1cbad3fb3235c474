import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { intrinsicDimension } from './intrinsic-dimension.ts'
import { kNearestNeighbours } from './nearest-neighbours.ts'

/** Points uniform in a cube of `d` dimensions that lies turned in 12: x = A u, with A of normal numbers. */
function cubes(d: number, count: number) {
  const stream = random(3)
  const A = stream.fillNormal(new Float64Array(12 * d))
  const data = new Float64Array(count * 12)
  for (let i = 0; i < count; i++) {
    const u = stream.fillUniform(new Float64Array(d))
    for (let c = 0; c < 12; c++) for (let j = 0; j < d; j++) data[i * 12 + c] += A[c * d + j] * u[j]
  }
  return { data, shape: [count, 12] }
}

// the faces of a cube are near most of its points when d grows: the estimate is lower there
it.each([
  { d: 1, within: 0.06 },
  { d: 2, within: 0.06 },
  { d: 5, within: 0.12 },
])('finds the $d dimensions of a cube among 12', async ({ d, within }) => {
  const count = 2_000
  const samples = cubes(d, count)
  const labels = Array.from({ length: count }, (_, i) => i % 2)
  const rows = Array.from({ length: 1_600 }, (_, i) => i)
  const model = kNearestNeighbours(samples, labels, { k: 10, rows })
  const queries = Array.from({ length: 400 }, (_, i) => 1_600 + i)
  const { distances, shape } = await model.neighbours(samples, { rows: queries })
  const { dimension, standardError } = intrinsicDimension({ data: distances, shape })
  expect(Math.abs(dimension / d - 1)).toBeLessThan(within)
  expect(standardError / dimension).toBeLessThan(0.04)
})

it('is the closed form on two queries', () => {
  const { dimension, standardError } = intrinsicDimension({
    data: Float64Array.of(1, Math.E, 1, Math.E ** 3),
    shape: [2, 2],
  })
  expect(dimension).toBeCloseTo(1 / 2, 14)
  // inverses 1 and 3: deviation √2, standard error of the mean 1, over mean² = 4
  expect(standardError).toBeCloseTo(1 / 4, 14)
})

it('does not depend on the unit of length', () => {
  const data = Float64Array.of(0.3, 0.5, 0.9, 0.1, 0.4, 0.5)
  const scaled = intrinsicDimension({ data: data.map((value) => 1e5 * value), shape: [2, 3] })
  expect(scaled.dimension).toBeCloseTo(intrinsicDimension({ data, shape: [2, 3] }).dimension, 12)
})

it('refuses what is no list of distances', () => {
  expect(() => intrinsicDimension([[1], [2]])).toThrow('[queries, k] with k of 2 or more')
  expect(() => intrinsicDimension([[0, 1]])).toThrow('distance 0 of query 0 is 0')
  expect(() => intrinsicDimension([[2, 1]])).toThrow('distance 1 of query 0 is 1')
  expect(() => intrinsicDimension([[1, NaN]])).toThrow('distance 1 of query 0 is NaN')
  expect(() => intrinsicDimension([[1, 1]])).toThrow('k equal distances')
})
