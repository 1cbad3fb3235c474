import { random, reference } from '@scatterlab/tensor'
import { Matrix, solve } from 'ml-matrix'
import { expect, test } from 'vitest'
import { cholesky } from './cholesky.ts'
import { startRun } from './run.ts'
import { countingBackend, largestDifference } from './samples.test.data.ts'

/** X Xᵀ for X [n, n] of normal numbers. */
function gramOf(n: number): Matrix {
  const x = Matrix.from1DArray(n, n, random(n).fillNormal(new Float64Array(n * n)))
  return x.mmul(x.transpose())
}

test.each([1, 7, 128, 129, 300, 700])('solves systems of %i unknowns', async (n) => {
  const a = gramOf(n)
  const right = Matrix.from1DArray(n, 3, random('b').fillNormal(new Float64Array(n * 3)))
  const { backend, live } = countingBackend()
  const factor = await cholesky(startRun({ backend }), Float64Array.from(a.to1DArray()), n, 0.5)
  const x = await factor.solve(Float64Array.from(right.to1DArray()), 3)
  const shifted = Matrix.add(a, Matrix.eye(n).mul(0.5))
  const residual = Matrix.sub(shifted.mmul(Matrix.from1DArray(n, 3, x)), right)
  // backward stable: ‖Ax - b‖ ~ n·ε·‖A‖·‖x‖
  expect(residual.norm()).toBeLessThan(8 * n * 2 ** -52 * shifted.norm() * Math.hypot(...x))
  if (n <= 129) expect(largestDifference(x, solve(shifted, right).to1DArray())).toBeLessThan(1e-8 * Math.hypot(...x))
  factor.release()
  expect(live()).toBe(0)
})

test('a matrix that is not positive definite is refused, and leaves nothing behind', async () => {
  const { backend, live } = countingBackend()
  const a = Float64Array.from(Matrix.diag(Array.from({ length: 200 }, (_, i) => (i === 150 ? -1 : 1))).to1DArray())
  await expect(cholesky(startRun({ backend }), a, 200, 0.5)).rejects.toMatchObject({ code: 'VALUE' })
  expect(live()).toBe(0)
  expect((await cholesky(startRun({ backend: reference }), a, 200, 1.5)).release()).toBeUndefined()
})
