import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { nestedComponents, principalComponents } from './principal-components.ts'
import { clouds, largestDifference, rowsOf } from './samples.test.data.ts'

/** Mean, variances and covariance of rows by ml-matrix. */
function exact(rows: number[][]): { mean: number[]; variances: number[]; covariance: Matrix } {
  const mean = new Matrix(rows).mean('column')
  const centred = new Matrix(rows).subRowVector(mean)
  const covariance = centred.transpose().mmul(centred).div(rows.length)
  const { realEigenvalues } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true })
  return { mean, variances: realEigenvalues.toReversed(), covariance }
}

describe.each([
  ['more samples than features: the covariance', 90, 20],
  ['fewer samples than features: products between samples', 15, 40],
])('%s', (_, count, columns) => {
  const { features } = clouds(count, columns, 3)

  test('mean, variances and axes are those of the covariance', async () => {
    const { mean, variances, axes } = await principalComponents(features, { count: 9 })
    const expected = exact(rowsOf(features))
    expect(largestDifference(mean, expected.mean)).toBeLessThan(1e-13)
    expect(largestDifference(variances, expected.variances.slice(0, 9))).toBeLessThan(1e-12)
    const v = Matrix.from1DArray(9, columns, axes)
    expect(Matrix.sub(v.mmul(v.transpose()), Matrix.eye(9)).norm()).toBeLessThan(1e-12)
    expect(Matrix.sub(v.mmul(expected.covariance), Matrix.diag([...variances]).mmul(v)).norm()).toBeLessThan(1e-12)
  })

  test('nested groups give what each prefix gives alone', async () => {
    const rows = Int32Array.from({ length: count }, (_, i) => (i * 7) % count)
    const groups = [rows.slice(0, 9), rows.slice(9, 12), rows.slice(12)]
    const nested = await nestedComponents(features, groups, 5, {}, async () => {})
    for (const [g, until] of [9, 12, count].entries()) {
      const alone = await principalComponents(features, { count: 5, rows: rows.slice(0, until) })
      expect(largestDifference(nested[g].mean, alone.mean)).toBeLessThan(1e-13)
      expect(largestDifference(nested[g].variances, alone.variances)).toBeLessThan(1e-12)
    }
  })
})

test('no more axes than the samples span', async () => {
  const data = Float32Array.of(1, 2, 3, 2, 4, 6, 3, 6, 9, 0, 0, 0) // on one line
  for (const shape of [
    [4, 3],
    [2, 6],
  ] as const) {
    const [{ variances, axes }] = await nestedComponents({ data, shape }, [Int32Array.of(0, 1)], 3, {}, async () => {})
    expect(variances.length).toBe(1)
    expect(Math.hypot(...axes)).toBeCloseTo(1, 6)
  }
})

test('equal samples span nothing, whatever their mean rounds to', async () => {
  for (const [count, columns] of [
    [1000, 2],
    [3, 8],
  ]) {
    const row = Array.from({ length: columns }, (_, j) => 14.62 / (j + 1))
    const data = Float64Array.from({ length: count * columns }, (_, i) => row[i % columns])
    const found = await principalComponents({ data, shape: [count, columns] }, { count: 1 })
    expect(found).toMatchObject({ variances: new Float64Array(0), mean: Float64Array.from(row) })
    // samples that differ from each other by rounding only
    const rounded = data.map((value, i) => (i % 3 === 0 ? value * (1 + 2 ** -52) : value))
    expect(
      (await principalComponents({ data: rounded, shape: [count, columns] }, { count: 1 })).variances,
    ).toHaveLength(0)
  }
})

test('a count that the samples cannot give is refused', async () => {
  const { features } = clouds(5, 8, 2)
  await expect(principalComponents(features, { count: 5 })).rejects.toThrow('5 samples of 8 features: give 1 to 4')
})
