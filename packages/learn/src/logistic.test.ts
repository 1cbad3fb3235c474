import { random } from '@scatterlab/tensor'
import { Matrix, solve } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { trainingSet } from './features.ts'
import { logisticObjective } from './logistic-objective.ts'
import { logistic, logisticSelect } from './logistic.ts'
import { startRun } from './run.ts'
import { clouds, countingBackend, largestDifference, rowsOf } from './samples.test.data.ts'
import { holdOut } from './splits.ts'

const softmax = (scores: number[]): number[] => {
  const sum = scores.reduce((total, score) => total + Math.exp(score), 0)
  return scores.map((score) => Math.exp(score) / sum)
}

/** Newton's method on all (d + 1)·K parameters at once, with the full Hessian; the intercepts of mean 0. */
function newton(rows: number[][], labels: number[], classes: number, penalty: number): Matrix {
  const x = rows.map((row) => [...row, 1])
  const width = x[0].length
  const size = width * classes
  let theta = new Matrix(size, 1) // parameter (j, k) at j·K + k
  for (let step = 0; step < 30; step++) {
    const gradient = new Matrix(size, 1)
    const hessian = new Matrix(size, size)
    x.forEach((row, i) => {
      const p = softmax(
        Array.from({ length: classes }, (_, k) =>
          row.reduce((sum, v, j) => sum + v * theta.get(j * classes + k, 0), 0),
        ),
      )
      for (let a = 0; a < size; a++) {
        const [ja, ka] = [Math.floor(a / classes), a % classes]
        gradient.set(a, 0, gradient.get(a, 0) + (row[ja] * (p[ka] - (labels[i] === ka ? 1 : 0))) / rows.length)
        for (let b = 0; b < size; b++) {
          const [jb, kb] = [Math.floor(b / classes), b % classes]
          const curvature = (ka === kb ? p[ka] : 0) - p[ka] * p[kb]
          hessian.set(a, b, hessian.get(a, b) + (row[ja] * row[jb] * curvature) / rows.length)
        }
      }
    })
    for (let a = 0; a < size; a++) {
      const penalised = a < size - classes
      if (penalised) gradient.set(a, 0, gradient.get(a, 0) + penalty * theta.get(a, 0))
      // the intercepts' common shift is free: held at 0
      for (let b = 0; b < size; b++) {
        const extra = penalised ? (a === b ? penalty : 0) : b >= size - classes ? 1 : 0
        hessian.set(a, b, hessian.get(a, b) + extra)
      }
    }
    theta = Matrix.sub(theta, solve(hessian, gradient))
  }
  return theta
}

describe('the objective', () => {
  const { features, labels } = clouds(30, 4, 3)
  const set = trainingSet(features, labels, { rows: [3, 4, 5, 9, 10, 11, 20] })
  const mean = random(4).fillNormal(new Float64Array(4))
  const point = random(5).fillNormal(new Float64Array(15))
  const at = (p: Float64Array) => logisticObjective(startRun({}), set, mean, 0.3, p)

  test('is the mean loss and the penalty, by its definition', async () => {
    const losses = [...set.rows].map((row) => {
      const scores = [0, 1, 2].map((k) =>
        [0, 1, 2, 3].reduce((sum, j) => sum + (features.data[row * 4 + j] - mean[j]) * point[j * 3 + k], point[12 + k]),
      )
      return -Math.log(softmax(scores)[labels[row]])
    })
    const square = point.subarray(0, 12).reduce((sum, value) => sum + value * value, 0)
    expect((await at(point)).value).toBeCloseTo(losses.reduce((a, b) => a + b) / 7 + 0.15 * square, 12)
  })

  test('has the gradient that central differences give', async () => {
    const { gradient } = await at(point)
    for (let i = 0; i < 15; i++) {
      const moved = (step: number) => at(point.map((value, j) => (i === j ? value + step : value)))
      const difference = ((await moved(1e-5)).value - (await moved(-1e-5)).value) / 2e-5
      expect(gradient[i]).toBeCloseTo(difference, 8)
    }
  })
})

describe('the optimum', () => {
  const { features, labels } = clouds(60, 3, 3, { distance: 0.8 })
  test.each([1e-3, 0.1, 10])('for penalty %f is Newton’s', async (penalty) => {
    const found = await logistic(features, labels, { penalty, tolerance: 1e-9 })
    const expected = newton(rowsOf(features), [...labels], 3, penalty).to1DArray()
    expect(largestDifference(found.weights, expected.slice(0, 9))).toBeLessThan(1e-6)
    const shift = (list: Float64Array | number[]): number[] => {
      const middle = Array.from(list).reduce((a, b) => a + b) / 3
      return Array.from(list, (value) => value - middle)
    }
    expect(largestDifference(shift(found.intercept), shift(expected.slice(9)))).toBeLessThan(1e-6)
    expect(found.gradientRatio).toBeLessThanOrEqual(1e-9)
    expect(found.iterations).toBeLessThan(60)
  })

  test('does not hang on the seed, nor on a constant added to the features', async () => {
    const a = await logistic(features, labels, { penalty: 0.01, tolerance: 1e-9 })
    const b = await logistic(features, labels, { penalty: 0.01, tolerance: 1e-9, seed: 8 })
    const moved = { data: features.data.map((value) => value + 100), shape: features.shape }
    const c = await logistic(moved, labels, { penalty: 0.01, tolerance: 1e-9 })
    expect(largestDifference(a.weights, b.weights)).toBeLessThan(1e-6)
    expect(largestDifference(a.weights, c.weights)).toBeLessThan(1e-6)
  })

  test('with more features than samples, in single precision', async () => {
    const wide = clouds(40, 700, 4, { single: true })
    const found = await logistic(wide.features, wide.labels, { penalty: 1e-3, tolerance: 1e-5 })
    expect(found.gradientRatio).toBeLessThanOrEqual(1e-5)
    expect(Array.from(await found.predict(wide.features))).toEqual(Array.from(wide.labels))
  })
})

test('selection validates without the held-out samples and refits with them', async () => {
  const { features, labels } = clouds(90, 5, 3, { distance: 0.4 })
  const penalties = [1, 1e-3, 0.03]
  const { classifier, penalty, validation } = await logisticSelect(features, labels, {
    penalties,
    tolerance: 1e-8,
    seed: 2,
  })
  const { training, validation: held } = holdOut(labels, { seed: 2 })
  expect(validation.results.map((result) => result.penalty)).toEqual([1, 0.03, 1e-3])
  for (const { penalty: tried, errors, loss } of validation.results) {
    const alone = await logistic(features, labels, { penalty: tried, rows: training, tolerance: 1e-8 })
    const { data } = await alone.scores(features, { rows: held })
    const predicted = await alone.predict(features, { rows: held })
    const losses = [...held].map((row, i) => -Math.log(softmax([...data.subarray(3 * i, 3 * i + 3)])[labels[row]]))
    expect(errors).toBe([...predicted].filter((label, i) => label !== labels[held[i]]).length)
    expect(loss).toBeCloseTo(losses.reduce((a, b) => a + b) / held.length, 5)
  }
  const fewest = Math.min(...validation.results.map(({ errors }) => errors))
  const alike = validation.results.filter(({ errors }) => errors <= fewest + Math.sqrt(fewest))
  const best = alike.toSorted((a, b) => a.loss - b.loss)[0]
  expect(penalty).toBe(best.penalty)
  const whole = await logistic(features, labels, { penalty, tolerance: 1e-8 })
  expect(largestDifference(classifier.weights, whole.weights)).toBeLessThan(1e-4)
})

test('too few iterations, a bad penalty and a bad tolerance are told', async () => {
  const { features, labels } = clouds(60, 6, 3)
  await expect(logistic(features, labels, { penalty: 1e-4, maxIterations: 2, tolerance: 1e-9 })).rejects.toMatchObject({
    code: 'CONVERGENCE',
    message: expect.stringContaining('after 2 iterations'),
  })
  await expect(logistic(features, labels, { penalty: -1 })).rejects.toThrow('penalty -1: give a positive number')
  await expect(logistic(features, labels, { penalty: 1, tolerance: 0 })).rejects.toThrow('tolerance 0')
})

test('gives its memory back, and stops when asked', async () => {
  const { features, labels } = clouds(60, 10, 3)
  const { backend, live } = countingBackend()
  const { classifier } = await logisticSelect(features, labels, { backend })
  await classifier.predict(features)
  const stop = new AbortController()
  const onProgress = ({ done }: { done: number }): void => {
    if (done === 3) stop.abort(new Error('enough'))
  }
  await expect(logisticSelect(features, labels, { backend, signal: stop.signal, onProgress })).rejects.toThrow('enough')
  expect(live()).toBe(0)
})
