import { ShapeError } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { type Points, latentNeighbours, latentPath, latentPoints, latentSum } from './index.ts'

const points = (...rows: number[][]): Points => ({
  data: Float32Array.from(rows.flat()),
  shape: [rows.length, rows[0].length],
})
const rows = ({ data, shape: [count, latent] }: Points): number[][] =>
  Array.from({ length: count }, (_, i) => [...data.subarray(i * latent, (i + 1) * latent)])

it('draws from the law of the generator', () => {
  const { data } = latentPoints({ latent: 100, law: 'uniform' }, 100, 1)
  expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(1)
  // the variance of a uniform law on (−1, 1) is 1/3; its standard error here is 0.003
  const variance = (v: Float32Array): number => v.reduce((sum, x) => sum + x * x, 0) / v.length
  expect(variance(data)).toBeCloseTo(1 / 3, 1)
  expect(variance(latentPoints({ latent: 100, law: 'normal' }, 100, 1).data)).toBeCloseTo(1, 1)
})

it('joins points by straight lines, each end once', () => {
  const path = latentPath(points([0, 0], [4, 8], [4, 0]), { steps: 4 })
  expect(rows(path)).toEqual([
    [0, 0],
    [1, 2],
    [2, 4],
    [3, 6],
    [4, 8],
    [4, 6],
    [4, 4],
    [4, 2],
    [4, 0],
  ])
})

it('keeps the length on great circles', () => {
  const path = latentPath(points([3, 0], [0, 3]), { steps: 3, path: 'spherical' })
  rows(path).forEach(([x, y], i) => {
    expect(x).toBeCloseTo(3 * Math.cos((i * Math.PI) / 6), 5)
    expect(y).toBeCloseTo(3 * Math.sin((i * Math.PI) / 6), 5)
  })
  // the way between equal points is their own
  expect(rows(latentPath(points([1, 2], [1, 2]), { steps: 2, path: 'spherical' }))).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ])
})

it('adds and subtracts', () => {
  expect(rows(latentSum(points([1, 2], [3, 4], [5, 6]), [1, -1, 1]))).toEqual([[3, 4]])
  expect(() => latentSum(points([1, 2]), [1, 1])).toThrow(ShapeError)
})

it('looks around a point', () => {
  const around = latentNeighbours(points([1, -1]), 50, { reach: 0.25, seed: 3 })
  for (const [x, y] of rows(around)) {
    expect(Math.abs(x - 1)).toBeLessThanOrEqual(0.25)
    expect(Math.abs(y + 1)).toBeLessThanOrEqual(0.25)
  }
  expect(new Set(around.data).size).toBeGreaterThan(90)
})
