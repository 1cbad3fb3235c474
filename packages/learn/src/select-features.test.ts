import { random } from '@scatterlab/tensor'
import { Matrix, solve } from 'ml-matrix'
import { expect, test } from 'vitest'
import { clouds, countingBackend, rowsOf } from './samples.test.data.ts'
import { selectFeatures } from './select-features.ts'

/** The squared residual of a target in the span of some columns and the constant. */
function residual(rows: number[][], target: number[], columns: number[]): number {
  const x = new Matrix(rows.map((row) => [1, ...columns.map((j) => row[j])]))
  const y = Matrix.columnVector(target)
  return Matrix.sub(y, x.mmul(solve(x, y, true))).norm() ** 2
}

test('each choice is the one of forward selection by the residual', async () => {
  const { features, labels } = clouds(50, 9, 3, { distance: 0.6, seed: 8 })
  const { columns, residuals } = await selectFeatures(features, labels, { perClass: 4 })
  const rows = rowsOf(features)
  const turns: number[][] = []
  for (const k of [0, 1, 2]) {
    const target = Array.from(labels, (label) => (label === k ? 1 : 0))
    const whole = residual(rows, target, [])
    const chosen: number[] = []
    for (let step = 0; step < 4; step++) {
      const candidates = rows[0].map((_, j) => j).filter((j) => !chosen.includes(j))
      const errors = candidates.map((j) => residual(rows, target, [...chosen, j]))
      chosen.push(candidates[errors.indexOf(Math.min(...errors))])
      expect(residuals[k][step]).toBeCloseTo(Math.min(...errors) / whole, 9)
    }
    turns.push(chosen)
  }
  const inTurn = [0, 1, 2, 3].flatMap((step) => turns.map((list) => list[step]))
  expect([...columns]).toEqual([...new Set(inTurn)])
})

test('planted features are found, in single precision too, whatever their scale', async () => {
  const stream = random(5)
  const [n, d] = [400, 60]
  const data = Float32Array.from({ length: n * d }, (_, at) => stream.normal() * 10 ** ((at % d) % 5) + 3)
  const x = (i: number, j: number): number => (data[i * d + j] - 3) / 10 ** (j % 5)
  const labels = Int32Array.from({ length: n }, (_, i) => (x(i, 7) - x(i, 31) + 0.8 * x(i, 54) > 0 ? 1 : 0))
  const { backend, live } = countingBackend()
  const selection = await selectFeatures({ data, shape: [n, d] }, labels, { perClass: 3, backend })
  expect([...selection.columns].sort((a, b) => a - b)).toEqual([7, 31, 54])
  const chosen = selection.apply({ data, shape: [n, d] })
  expect(chosen.shape).toEqual([n, 3])
  expect(chosen.data[0]).toBe(data[selection.columns[0]])
  expect(live()).toBe(0)
})

test('rounds take what is left; copies and constants are never chosen twice', async () => {
  const { features, labels } = clouds(40, 3, 2, { seed: 3 })
  const rows = rowsOf(features).map((row) => [...row, ...row, 5])
  const first = await selectFeatures(rows, labels, { perClass: 3 })
  expect(first.columns.length).toBe(3)
  expect(new Set([...first.columns].map((j) => j % 3)).size).toBe(3)
  const second = await selectFeatures(rows, labels, { perClass: 3, rounds: 2 })
  expect([...second.columns].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5])
  await expect(selectFeatures(rows, labels, { perClass: 4, rounds: 2 })).rejects.toThrow(
    '4 features a class in 2 rounds of 7',
  )
})
