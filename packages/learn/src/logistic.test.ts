import { random } from '@scatterlab/tensor'
import { Matrix, solve } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { meanOfRows } from './chunks.ts'
import { trainingSet } from './features.ts'
import { logisticObjective, softmaxLoss } from './logistic-objective.ts'
import { logistic, logisticSelect } from './logistic.ts'
import { startRun } from './run.ts'
import { clouds, countingBackend, largestDifference, rowsOf } from './samples.test.data.ts'
import { holdOut } from './splits.ts'

const softmax = (scores: number[]): number[] => {
  const sum = scores.reduce((total, score) => total + Math.exp(score), 0)
  return scores.map((score) => Math.exp(score) / sum)
}

/** Newton's method on all (d + 1)·K parameters at once, with the full Hessian; the intercepts of mean 0. */
function newton(
  rows: number[][],
  labels: number[],
  classes: number,
  penalty: number,
  scorePenalty = 0,
  start?: Matrix,
): Matrix {
  const means = rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length)
  const x = rows.map((row) => [...row, 1])
  const width = x[0].length
  const size = width * classes
  let theta = start ?? new Matrix(size, 1) // parameter (j, k) at j·K + k
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
          const spread = ka === kb ? scorePenalty * (row[ja] - (means[ja] ?? 1)) * (row[jb] - (means[jb] ?? 1)) : 0
          const moment = row[ja] * row[jb] * curvature + spread
          hessian.set(a, b, hessian.get(a, b) + moment / rows.length)
          gradient.set(a, 0, gradient.get(a, 0) + (spread * theta.get(b, 0)) / rows.length)
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
  const mean = meanOfRows(set.matrix, set.rows)
  const point = random(5).fillNormal(new Float64Array(15))
  const penalties = { penalty: 0.3, scorePenalty: 0.2 }
  const objective = logisticObjective(startRun({}), set, mean)
  const at = (p: Float64Array) => objective.evaluate(p, penalties)

  test('is the mean loss and the penalty, by its definition', async () => {
    const losses = [...set.rows].map((row) => {
      const scores = [0, 1, 2].map((k) =>
        [0, 1, 2, 3].reduce((sum, j) => sum + (features.data[row * 4 + j] - mean[j]) * point[j * 3 + k], point[12 + k]),
      )
      const squares = scores.map((score, k) => (score - point[12 + k]) ** 2).reduce((a, b) => a + b)
      return -Math.log(softmax(scores)[labels[row]]) + 0.1 * squares
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

  test('has the products with the Hessian that differences of the gradient give', async () => {
    const v = random(6).fillNormal(new Float64Array(15))
    const { probabilities } = await at(point)
    const product = await objective.hessianTimes(probabilities, v, penalties)
    const moved = async (step: number) => (await at(point.map((value, j) => value + step * v[j]))).gradient
    const [up, down] = [await moved(1e-5), await moved(-1e-5)]
    product.forEach((value, i) => expect(value).toBeCloseTo((up[i] - down[i]) / 2e-5, 8))
  })

  test('has a gradient of full relative precision where every sample is all but certain', async () => {
    const two = trainingSet({ data: Float64Array.of(1, -1), shape: [2, 1] }, [0, 1], {})
    const far = logisticObjective(startRun({}), two, new Float64Array(1))
    const { gradient } = await far.evaluate(Float64Array.of(25, -25, 0, 0), { penalty: 0, scorePenalty: 0 })
    // 1 - p is e⁻⁵⁰/(1 + e⁻⁵⁰) at both
    expect(gradient[0] / -Math.exp(-50)).toBeCloseTo(1, 12)
  })

  test('keeps relative precision where the loss is all but zero', () => {
    const p = new Float64Array(3)
    // 1 - p is e⁻⁵⁰ + e⁻⁶⁰, far below the rounding of 1
    expect(softmaxLoss(Float64Array.of(50, 0, -10), 0, p) / (Math.exp(-50) + Math.exp(-60))).toBeCloseTo(1, 14)
    expect(softmaxLoss(Float64Array.of(0, 50, -10), 0, p)).toBeCloseTo(50, 12)
    expect(p[0] / Math.exp(-50)).toBeCloseTo(1, 12)
  })
})

describe('the optimum', () => {
  const { features, labels } = clouds(60, 3, 3, { distance: 0.8 })
  test.each([
    [1e-3, 0],
    [0.1, 0],
    [10, 0],
    [1e-3, 0.05],
    [0.1, 3],
  ])('for penalties %f and %f is that of the full Newton method', async (penalty, scorePenalty) => {
    const found = await logistic(features, labels, { penalty, scorePenalty, tolerance: 1e-12 })
    const expected = newton(rowsOf(features), [...labels], 3, penalty, scorePenalty).to1DArray()
    expect(largestDifference(found.weights, expected.slice(0, 9))).toBeLessThan(1e-6)
    const shift = (list: Float64Array | number[]): number[] => {
      const middle = Array.from(list).reduce((a, b) => a + b) / 3
      return Array.from(list, (value) => value - middle)
    }
    expect(largestDifference(shift(found.intercept), shift(expected.slice(9)))).toBeLessThan(1e-6)
    expect(found.converged).toBe(true)
    expect(found.suboptimality).toBeLessThanOrEqual(1e-12 * found.objective)
    expect(found.iterations).toBeLessThan(15)
  })

  test('does not hang on the seed, nor on a constant added to the features', async () => {
    const a = await logistic(features, labels, { penalty: 0.01, tolerance: 1e-12 })
    const b = await logistic(features, labels, { penalty: 0.01, tolerance: 1e-12, seed: 8 })
    const moved = { data: features.data.map((value) => value + 100), shape: features.shape }
    const c = await logistic(moved, labels, { penalty: 0.01, tolerance: 1e-12 })
    expect(largestDifference(a.weights, b.weights)).toBeLessThan(1e-6)
    expect(largestDifference(a.weights, c.weights)).toBeLessThan(1e-6)
  })

  test('does not hang on how many rows are gathered at a time', async () => {
    const many = clouds(2500, 2, 3)
    const rows = Int32Array.from({ length: 2500 }, (_, i) => (i * 7) % 2500)
    const options = { penalty: 0.01, tolerance: 1e-12 }
    const [a, b] = [
      await logistic(many.features, many.labels, options),
      await logistic(many.features, many.labels, { ...options, rows }),
    ]
    expect(largestDifference(a.weights, b.weights)).toBeLessThan(1e-6)
  })

  test('with more features than samples, in single precision', async () => {
    const wide = clouds(40, 700, 4, { single: true })
    const found = await logistic(wide.features, wide.labels, { penalty: 1e-3 })
    expect(found.converged).toBe(true)
    expect(Array.from(await found.predict(wide.features))).toEqual(Array.from(wide.labels))
  })
})

test('selection validates without the held-out samples and refits with them', async () => {
  const { features, labels } = clouds(90, 5, 3, { distance: 0.4 })
  const penalties = [1, 1e-3, 0.03]
  const { classifier, penalty, validation } = await logisticSelect(features, labels, {
    penalties,
    tolerance: 1e-12,
    seed: 2,
  })
  const { training, validation: held } = holdOut(labels, { seed: 2 })
  expect(validation.results.map((result) => result.penalty)).toEqual([1, 0.03, 1e-3])
  for (const { penalty: tried, errors, loss } of validation.results) {
    const alone = await logistic(features, labels, { penalty: tried, rows: training, tolerance: 1e-12 })
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
  const whole = await logistic(features, labels, { penalty, tolerance: 1e-12 })
  expect(largestDifference(classifier.weights, whole.weights)).toBeLessThan(1e-4)
})

test('separable samples whose columns have very different sizes: the objective is the least, the end is told', async () => {
  const { features, labels } = clouds(40, 5, 3, { distance: 3 })
  const data = features.data.map((value, i) => value * 10 ** ((i % 5) - 1))
  const scaled = { data, shape: features.shape }
  const penalty = 1e-5
  // the full method overshoots from zero: from one decade of penalties to the next it does not
  const theta = [10, 1, 0.1, 1e-2, 1e-3, 1e-4, 1e-5]
    .reduce((at, p) => newton(rowsOf(scaled), [...labels], 3, p, 0, at), new Matrix(18, 1))
    .to1DArray()
  const losses = rowsOf(scaled).map((x, i) => {
    const scores = [0, 1, 2].map((k) => x.reduce((sum, v, j) => sum + v * theta[j * 3 + k], theta[15 + k]))
    return Math.log(scores.reduce((sum, score) => sum + Math.exp(score - scores[labels[i]]), 0))
  })
  const square = theta.slice(0, 15).reduce((sum, value) => sum + value * value, 0)
  const least = losses.reduce((a, b) => a + b) / 40 + (penalty / 2) * square
  const found = await logistic(scaled, labels, { penalty })
  expect(found.converged).toBe(true)
  expect(found.objective / least).toBeGreaterThan(1 - 1e-9)
  expect(found.objective / least).toBeLessThan(1.001)
  const early = await logistic(scaled, labels, { penalty, maxIterations: 3 })
  expect(early).toMatchObject({ converged: false, iterations: 3 })
  expect(early.suboptimality).toBeGreaterThan(1e-3 * early.objective)
  expect(early.objective).toBeGreaterThan(1.01 * least)
})

test('a bad penalty and a bad tolerance are told', async () => {
  const { features, labels } = clouds(60, 6, 3)
  await expect(logistic(features, labels, { penalty: -1 })).rejects.toThrow('penalty is -1: it must be positive')
  await expect(logistic(features, labels, { penalty: 1, tolerance: 0 })).rejects.toThrow('tolerance is 0')
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
