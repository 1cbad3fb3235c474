import { random } from '@scatterlab/tensor'
import { expect, test } from 'vitest'
import { doublyCentred, addSecondMoment, rowProducts } from './gram.ts'
import { startRun } from './run.ts'
import { largestDifference } from './samples.test.data.ts'

const [rows, columns] = [9, 530] // wider than one panel
const data = random(1).fillNormal(new Float64Array(rows * columns))
const run = startRun({})

test('second moments of some rows about a shift, added to what is there, by direct sums', async () => {
  const shift = random(2).fillNormal(new Float64Array(columns))
  const sum = new Float64Array(columns * columns)
  for (let i = 0; i < columns; i++) sum[i * columns + i] = 1
  const chosen = Int32Array.of(7, 0, 3)
  await addSecondMoment(run, { data, shape: [rows, columns] }, chosen, shift, sum, async () => {})
  const expected = sum.map((_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns]
    const product = (row: number): number => (data[row * columns + i] - shift[i]) * (data[row * columns + j] - shift[j])
    return chosen.reduce((total, row) => total + product(row), i === j ? 1 : 0)
  })
  expect(largestDifference(sum, expected)).toBeLessThan(1e-13)
})

test('products between rows, and those between centred rows', async () => {
  const k = await rowProducts(run, data, rows)
  const product = (a: number[], b: number[]): number => a.reduce((sum, value, j) => sum + value * b[j], 0)
  const list = Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)))
  expect(
    largestDifference(
      k,
      list.flatMap((a) => list.map((b) => product(a, b))),
    ),
  ).toBeLessThan(1e-11)
  const some = list.slice(0, 4)
  const mean = some[0].map((_, j) => some.reduce((sum, row) => sum + row[j], 0) / 4)
  const centred = some.map((row) => row.map((value, j) => value - mean[j]))
  const expected = centred.flatMap((a) => centred.map((b) => product(a, b)))
  expect(largestDifference(doublyCentred(k, rows, 4), expected)).toBeLessThan(1e-11)
})
