import { random } from '@scatterlab/tensor'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clouds, countingBackend } from './samples.test.data.ts'
import { coupled, sigmoidOf, svmProbability } from './svm-probability.ts'
import { problemsOf } from './two-class-problems.ts'

test('the sigmoid that made the labels is found again, in any unit', () => {
  const stream = random(1)
  const values = Float64Array.from({ length: 20_000 }, () => stream.normal() * 2)
  const isPositive = Array.from(values, (value) => stream.uniform() < 1 / (1 + Math.exp(-1.5 * value + 0.4)))
  const { slope, offset } = sigmoidOf(values, isPositive)
  expect(Math.abs(slope + 1.5)).toBeLessThan(0.06)
  expect(Math.abs(offset - 0.4)).toBeLessThan(0.06)
  const scaled = sigmoidOf(
    values.map((value) => value * 1e6),
    isPositive,
  )
  expect(scaled.slope * 1e6).toBeCloseTo(slope, 8)
})

test('values that separate the classes give a finite sigmoid', () => {
  const { slope, offset } = sigmoidOf(Float64Array.of(-2, -1, 1, 2), [false, false, true, true])
  expect(slope).toBeLessThan(0)
  expect(Number.isFinite(slope) && Math.abs(offset) < 1e-6).toBe(true)
})

test('pairs that agree give the probabilities that they come from', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 2, maxLength: 8 }), (weights) => {
      const sum = weights.reduce((a, b) => a + b)
      const p = weights.map((weight) => weight / sum)
      const problems = problemsOf(p.length, 'oneVsOne')
      const pairs = problems.map(({ positive: i, negative: j }) => p[i] / (p[i] + p[j!]))
      coupled(pairs, problems, p.length).forEach((value, k) => expect(Math.abs(value - p[k])).toBeLessThan(1e-6))
    }),
  )
})

test.each(['oneVsOne', 'oneVsRest'] as const)('%s: probabilities are calibrated on new samples', async (decision) => {
  const { features, labels } = clouds(600, 2, 3, { distance: 1, seed: 7 })
  const rows = Int32Array.from({ length: 300 }, (_, i) => i)
  const { backend, live } = countingBackend()
  const fitted = await svmProbability(features, labels, { gamma: 0.5, decision, rows, seed: 2, backend })
  const unseen = Int32Array.from({ length: 300 }, (_, i) => 300 + i)
  const { data, shape } = await fitted.probabilities(features, { rows: unseen })
  expect(shape).toEqual([300, 3])
  let [expected, right, logLoss] = [0, 0, 0]
  unseen.forEach((row, i) => {
    const own = [...data.subarray(3 * i, 3 * i + 3)]
    expect(own.reduce((a, b) => a + b)).toBeCloseTo(1, 8)
    expected += Math.max(...own)
    if (own.indexOf(Math.max(...own)) === labels[row]) right++
    logLoss -= Math.log(own[labels[row]]) / 300
  })
  // as many are right as it says, within two and a half binomial deviations of 300 (0.029 each)
  expect(Math.abs(expected - right) / 300).toBeLessThan(0.07)
  expect(logLoss).toBeLessThan(0.8 * Math.log(3))
  expect(live()).toBe(0)
})
