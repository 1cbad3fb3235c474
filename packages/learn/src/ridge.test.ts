import { Matrix, solve } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { ridge, ridgeSelect } from './ridge.ts'
import { clouds, countingBackend, largestDifference, rowsOf } from './samples.test.data.ts'
import { holdOut } from './splits.ts'

/** Weights and intercept from the equations of the samples with a column of ones, unpenalised. */
function exact(rows: number[][], labels: number[], classes: number, penalty: number) {
  const columns = rows[0].length
  const x = new Matrix(rows.map((row) => [...row, 1]))
  const y = new Matrix(labels.map((label) => Array.from({ length: classes }, (_, k) => (k === label ? 1 : -1))))
  const penalties = Matrix.diag([...new Array<number>(columns).fill(penalty), 0])
  const solution = solve(x.transpose().mmul(x).add(penalties), x.transpose().mmul(y))
  return {
    weights: solution.subMatrix(0, columns - 1, 0, classes - 1).to1DArray(),
    intercept: solution.getRow(columns),
  }
}

describe.each([
  ['more samples than features: primal', 80, 12],
  ['fewer samples than features: dual', 20, 33],
])('%s', (_, count, columns) => {
  const { features, labels } = clouds(count, columns, 3, { distance: 0.7 })
  features.data.forEach((value, i) => {
    features.data[i] = value + 5 // means that matter
  })

  test.each([1e-3, 1, 100])('penalty %f gives the solution of the normal equations', async (penalty) => {
    const found = await ridge(features, labels, { penalty, tolerance: 1e-12 })
    const expected = exact(rowsOf(features), [...labels], 3, penalty)
    expect(largestDifference(found.weights, expected.weights)).toBeLessThan(1e-8)
    expect(largestDifference(found.intercept, expected.intercept)).toBeLessThan(1e-7)
    const { data } = await found.scores(features)
    const scores = rowsOf(features).flatMap((x) =>
      [0, 1, 2].map((k) =>
        x.reduce((sum, value, j) => sum + value * expected.weights[j * 3 + k], expected.intercept[k]),
      ),
    )
    expect(largestDifference(data, scores)).toBeLessThan(1e-7)
    const best = Array.from({ length: count }, (_, i) => {
      const own = scores.slice(3 * i, 3 * i + 3)
      return own.indexOf(Math.max(...own))
    })
    expect(Array.from(await found.predict(features))).toEqual(best)
  })

  test('selection validates without the held-out samples and refits with them', async () => {
    const penalties = [1e-3, 30, 1, 1e4, 0.1]
    const { classifier, penalty, validation } = await ridgeSelect(features, labels, {
      penalties,
      tolerance: 1e-12,
      seed: 2,
    })
    const { training, validation: held } = holdOut(labels, { seed: 2 })
    expect(validation.count).toBe(held.length)
    expect(validation.results.map((result) => result.penalty)).toEqual(penalties.toSorted((a, b) => b - a))
    for (const { penalty: tried, errors, loss } of validation.results) {
      const alone = await ridge(features, labels, { penalty: tried, rows: training })
      const { data } = await alone.scores(features, { rows: held })
      let [wrong, squares] = [0, 0]
      held.forEach((row, i) => {
        const own = [...data.subarray(3 * i, 3 * i + 3)]
        if (own.indexOf(Math.max(...own)) !== labels[row]) wrong++
        own.forEach((score, k) => {
          squares += (score - (k === labels[row] ? 1 : -1)) ** 2
        })
      })
      expect(errors).toBe(wrong)
      // solved to a residual of 1e-4 while validating
      expect(loss / (squares / held.length)).toBeCloseTo(1, 2)
    }
    const fewest = Math.min(...validation.results.map(({ errors }) => errors))
    const alike = validation.results.filter(({ errors }) => errors <= fewest + Math.sqrt(fewest))
    const best = alike.toSorted((a, b) => a.loss - b.loss)[0]
    expect(penalty).toBe(best.penalty)
    const whole = await ridge(features, labels, { penalty, tolerance: 1e-12 })
    expect(largestDifference(classifier.weights, whole.weights)).toBeLessThan(1e-8)
  })
})

test('samples on either side of n = d, one repeated, agree between primal and dual', async () => {
  const { features, labels } = clouds(12, 12, 2)
  const twice = { data: Float64Array.of(...features.data, ...features.data), shape: [24, 12] }
  const dual = await ridge(features, labels, { penalty: 1, tolerance: 1e-12 })
  const primal = await ridge(twice, [...labels, ...labels], { penalty: 2, tolerance: 1e-12 })
  expect(largestDifference(dual.weights, primal.weights)).toBeLessThan(1e-9)
})

test('single precision comes close to double', async () => {
  const [single, double] = [true, false].map((s) => clouds(100, 20, 3, { single: s }))
  const a = await ridge(single.features, single.labels, { penalty: 1 })
  const b = await ridge(double.features, double.labels, { penalty: 1 })
  expect(largestDifference(a.weights, b.weights)).toBeLessThan(1e-5)
})

test('refuses penalties that are not positive', async () => {
  const { features, labels } = clouds(12, 4, 2)
  await expect(ridge(features, labels, { penalty: 0 })).rejects.toThrow('penalty is 0: it must be positive')
  await expect(ridgeSelect(features, labels, { penalties: [1, -1] })).rejects.toThrow(
    'penalties is [1, -1]: it must be a list of positive numbers',
  )
  await expect(ridgeSelect(features, labels, { penalties: [] })).rejects.toThrow('penalties is []')
})

test('gives its memory back, and stops when asked', async () => {
  const { features, labels } = clouds(60, 10, 3)
  const { backend, live } = countingBackend()
  const { classifier } = await ridgeSelect(features, labels, { backend })
  await classifier.predict(features)
  const stop = new AbortController()
  const onProgress = ({ stage, done }: { stage: string; done: number }): void => {
    if (stage === 'penalties' && done === 2) stop.abort(new Error('enough'))
  }
  await expect(ridgeSelect(features, labels, { backend, signal: stop.signal, onProgress })).rejects.toThrow('enough')
  expect(live()).toBe(0)
})
