import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errorCount } from './confusion.ts'
import { linearSvm } from './linear-svm.ts'
import { clouds, countingBackend, largestDifference } from './samples.test.data.ts'
import { formulaSet, liblinear } from './svm.test.data.ts'
import { svm } from './svm.ts'

const { features, labels } = formulaSet()

test('the weights of LIBLINEAR', async () => {
  const fitted = await linearSvm(features, labels, { cost: 0.5, tolerance: 1e-13, maxIterations: 1e5 })
  const byClass = Float64Array.from({ length: 12 }, (_, at) => fitted.weights[(at % 4) * 3 + Math.floor(at / 4)])
  expect(fitted.problems.every(({ converged }) => converged)).toBe(true)
  expect(largestDifference(byClass, liblinear.weights)).toBeLessThan(2e-6)
  expect(largestDifference(fitted.intercept, liblinear.intercepts)).toBeLessThan(2e-6)
})

test('a large constant feature leaves the intercept almost free: nearly the machine of the linear kernel', async () => {
  const kernel = await svm(features, labels, { kernel: 'linear', cost: 0.1, tolerance: 1e-9 })
  const linear = await linearSvm(features, labels, {
    loss: 'hinge',
    cost: 0.1,
    decision: 'oneVsOne',
    interceptScale: 10,
    tolerance: 1e-8,
    maxIterations: 1e4,
  })
  expect(linear.problems.every(({ converged }) => converged)).toBe(true)
  kernel.problems.forEach(({ objective }, p) => {
    expect(linear.problems[p].objective).toBeGreaterThan(objective)
    // half the square of the intercept, 100 times smaller
    expect(linear.problems[p].objective - objective).toBeLessThan(kernel.intercept[p] ** 2 / 200 + 1e-6)
  })
})

test('the gap is the distance of the objectives, and closes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 6, max: 50 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(0.01, 1, 10),
      fc.constantFrom('hinge' as const, 'squaredHinge' as const),
      async (seed, count, columns, cost, loss) => {
        const { features: x, labels: y } = clouds(count, columns, 3, { seed, distance: 0.5 })
        const fitted = await linearSvm(x, y, { cost, loss, maxIterations: 20_000 })
        const { data } = await fitted.decisions(x)
        fitted.problems.forEach(({ positive, objective, gap, converged }, p) => {
          expect(converged).toBe(true)
          let primal = fitted.intercept[p] ** 2 / 2
          for (let j = 0; j < columns; j++) primal += fitted.weights[j * 3 + p] ** 2 / 2
          y.forEach((label, i) => {
            const short = Math.max(0, 1 - (label === positive ? 1 : -1) * data[i * 3 + p])
            primal += cost * (loss === 'hinge' ? short : short ** 2)
          })
          expect(Math.abs(primal - objective - gap)).toBeLessThan(1e-9 * primal)
          expect(gap).toBeGreaterThan(-1e-9 * primal)
          expect(gap).toBeLessThanOrEqual(1e-3 * primal)
        })
      },
    ),
    { numRuns: 25 },
  )
})

describe('odd data', () => {
  test('two classes make one problem; the order of the samples and the seed do not matter', async () => {
    const two = labels.map((label) => (label === 2 ? 1 : 0))
    const a = await linearSvm(features, two, { tolerance: 1e-10, maxIterations: 1e5 })
    const rows = Int32Array.from({ length: 90 }, (_, i) => (i * 37) % 90)
    const b = await linearSvm(features, two, { tolerance: 1e-10, maxIterations: 1e5, seed: 'another', rows })
    expect(a.problems.length).toBe(1)
    expect(largestDifference(a.weights, b.weights)).toBeLessThan(1e-4)
    expect(errorCount(await a.predict(features), two).errors).toBeLessThan(20)
  })

  test('constant features, and features that are all 0', async () => {
    for (const value of [0, 3]) {
      const constant = { data: new Float64Array(15).fill(value), shape: [5, 3] }
      const fitted = await linearSvm(constant, [0, 1, 1, 0, 1])
      expect(Array.from(await fitted.predict(constant))).toEqual([1, 1, 1, 1, 1])
    }
    const zero = { data: new Float64Array(15), shape: [5, 3] }
    const free = await linearSvm(zero, [0, 1, 1, 0, 1], { interceptScale: 0, maxIterations: 10 })
    expect(free.weights.every((w) => w === 0)).toBe(true)
  })

  test('gives its memory back, and stops when asked', async () => {
    const { backend, live } = countingBackend()
    await (await linearSvm(features, labels, { backend })).predict(features)
    const stop = new AbortController()
    const fit = linearSvm(features, labels, {
      backend,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    })
    await expect(fit).rejects.toThrow('enough')
    expect(live()).toBe(0)
  })
})
