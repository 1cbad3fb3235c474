import { random } from '@scatterlab/tensor'
import { Matrix, solve } from 'ml-matrix'
import { expect, test } from 'vitest'
import { regularisedSystem } from './regularised-system.ts'
import { startRun } from './run.ts'
import { countingBackend, largestDifference } from './samples.test.data.ts'

const n = 40
const x = Matrix.from1DArray(30, n, random(1).fillNormal(new Float64Array(30 * n)))
const a = x.transpose().mmul(x) // of rank 30
const right = Matrix.from1DArray(n, 2, random(2).fillNormal(new Float64Array(n * 2)))
right.setColumn(
  1,
  right.getColumn(1).map((value) => 1e6 * value),
)
const flat = (matrix: Matrix): Float64Array => Float64Array.from(matrix.to1DArray())
const exact = (matrix: Matrix, penalty: number): number[] =>
  solve(Matrix.add(matrix, Matrix.eye(n).mul(penalty)), right).to1DArray()

test('penalties over many decades, then another matrix, each column to its own residual', async () => {
  const { backend, live } = countingBackend()
  const system = regularisedSystem(startRun({ backend }), flat(a), n)
  for (const penalty of [1, 10, 0.1, 1e-4]) {
    const solution = await system.solve(penalty, flat(right), 2, 1e-12)
    const expected = exact(a, penalty)
    const size = [0, 1].map((c) => Math.hypot(...expected.filter((_, i) => i % 2 === c)))
    // the condition number of A + λI turns residuals into errors
    const condition = 1 + 150 / penalty
    solution.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-12 * condition * size[i % 2]))
  }
  const grown = Matrix.add(a, Matrix.diag(Array.from({ length: n }, (_, i) => i)))
  system.replace(flat(grown), n)
  expect(largestDifference(await system.solve(1e-4, flat(right), 2, 1e-13), exact(grown, 1e-4))).toBeLessThan(1e-2)
  const small = Matrix.eye(n / 2)
  system.replace(flat(small), n / 2)
  expect(
    largestDifference(await system.solve(1, new Float64Array(n / 2).fill(4), 1, 1e-12), new Array(n / 2).fill(2)),
  ).toBeLessThan(1e-11)
  system.release()
  expect(live()).toBe(0)
})

test('a right-hand side of zeros has the solution zero', async () => {
  const system = regularisedSystem(startRun({}), flat(a), n)
  expect(await system.solve(1, new Float64Array(n), 1, 1e-10)).toEqual(new Float64Array(n))
  system.release()
})
