import { expect, test } from 'vitest'
import { errorCount } from './confusion.ts'
import { clouds, countingBackend, largestDifference } from './samples.test.data.ts'
import { holdOut } from './splits.ts'
import { svm } from './svm.ts'
import { svmSelect } from './svm-select.ts'

const { features, labels } = clouds(200, 4, 3, { distance: 0.6, seed: 5 })

test('each C and γ gives what it gives alone, and the best of them is fitted to all', async () => {
  const options = { costs: [10, 0.1, 1], gammas: [0.1, 1], seed: 4, tolerance: 1e-8 }
  const { classifier, cost, gamma, validation } = await svmSelect(features, labels, options)
  const { training, validation: held } = holdOut(labels, { seed: 4 })
  expect(validation.count).toBe(held.length)
  expect(validation.results.map((r) => [r.gamma, r.cost])).toEqual([
    [0.1, 0.1],
    [0.1, 1],
    [0.1, 10],
    [1, 0.1],
    [1, 1],
    [1, 10],
  ])
  const own = Array.from(held, (row) => labels[row])
  for (const result of validation.results) {
    const alone = await svm(features, labels, {
      ...result,
      errors: undefined,
      supportVectors: undefined,
      rows: training,
      tolerance: 1e-8,
    } as never)
    expect(result.errors).toBe(errorCount(await alone.predict(features, { rows: held }), own).errors)
    expect(result.supportVectors).toBe(alone.supportRows.length)
  }
  expect(validation.results.find((r) => r.cost === cost && r.gamma === gamma)!.errors).toBe(
    Math.min(...validation.results.map(({ errors }) => errors)),
  )
  const whole = await svm(features, labels, { cost, gamma, tolerance: 1e-8 })
  const [a, b] = [await classifier.decisions(features), await whole.decisions(features)]
  expect(largestDifference(a.data, b.data)).toBeLessThan(1e-5)
})

test('a linear kernel has no γ to choose; memory comes back', async () => {
  const { backend, live } = countingBackend()
  const { validation } = await svmSelect(features, labels, { kernel: 'linear', costs: [0.01, 1], backend })
  expect(validation.results.length).toBe(2)
  expect(live()).toBe(0)
})
