import { Matrix, solve } from 'ml-matrix'
import { expect, test } from 'vitest'
import { trainingSet } from './features.ts'
import { logisticMetric } from './logistic-metric.ts'
import { startRun } from './run.ts'
import { clouds, largestDifference, rowsOf } from './samples.test.data.ts'

test.each([
  ['more features than samples', 5, 9],
  ['fewer', 40, 6],
])('is the inverse of h·C + λ·I where the axes are all of the covariance: %s', async (_, count, columns) => {
  const { features, labels } = clouds(count, columns, 2)
  const metric = await logisticMetric(startRun({}), trainingSet(features, labels, {}), 0)
  const x = new Matrix(rowsOf(features))
  const centred = x.subRowVector(x.mean('column'))
  const covariance = centred.transpose().mmul(centred).div(count)
  const gradient = Float64Array.from({ length: (columns + 1) * 2 }, (_, i) => Math.sin(i))
  const found = await metric.invert(gradient, 0.3, 1e-2)
  const hessian = Matrix.add(Matrix.mul(covariance, 0.3), Matrix.eye(columns).mul(1e-2))
  const expected = solve(hessian, Matrix.from1DArray(columns, 2, gradient.subarray(0, columns * 2))).to1DArray()
  // pairs to a residual of 0.01 would do: so few are exact
  expect(largestDifference(found.subarray(0, columns * 2), expected)).toBeLessThan(1e-9)
  expect(
    largestDifference(
      found.subarray(columns * 2),
      gradient.subarray(columns * 2).map((g) => g / 0.3),
    ),
  ).toBeLessThan(1e-15)
  expect(metric.variance).toBeCloseTo(covariance.trace(), 12)
  metric.release()
})
