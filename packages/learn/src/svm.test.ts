import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errorCount } from './confusion.ts'
import type { FeatureMatrix } from './features.ts'
import { clouds, countingBackend, largestDifference } from './samples.test.data.ts'
import { formulaSet, libsvm } from './svm.test.data.ts'
import { type SvmClassifier, svm } from './svm.ts'

describe('the formula set, as LIBSVM solves it', () => {
  const { features, labels } = formulaSet()
  test.each(libsvm)('$options', async ({ options, objectives, intercepts, support, first, errors }) => {
    const fitted = await svm(features, labels, { ...options, tolerance: 1e-9 })
    fitted.problems.forEach(({ objective, gap, converged, iterations }, p) => {
      expect(converged).toBe(true)
      expect(Math.abs(objective / objectives[p] - 1)).toBeLessThan(1e-6)
      expect(gap).toBeGreaterThan(-1e-9 * objective)
      expect(gap).toBeLessThan(1e-6 * objective)
      expect(iterations).toBeGreaterThan(0)
    })
    // LIBSVM keeps kernel values in single precision
    expect(largestDifference(fitted.intercept, intercepts)).toBeLessThan(1e-4)
    expect(fitted.supportRows.length).toBe(support)
    const { data, shape } = await fitted.decisions(features, { rows: [0] })
    expect(shape).toEqual([1, 3])
    expect(largestDifference(data, first)).toBeLessThan(1e-4)
    expect(errorCount(await fitted.predict(features), labels).errors).toBe(errors)
  })

  test("gamma 'scale' is scikit-learn's, and the default; so are cost 1 and the default tolerance", async () => {
    const fitted = await svm(features, labels)
    expect(fitted.kernel).toMatchObject({ name: 'rbf', gamma: expect.closeTo(0.28624794337512854, 14) })
    expect(fitted).toMatchObject({ cost: 1, decision: 'oneVsOne' })
    for (const { gap, objective } of fitted.problems) expect(gap).toBeLessThan(1e-2 * objective)
  })

  test('each class against the rest: its value is its score', async () => {
    const fitted = await svm(features, labels, { gamma: 0.5, decision: 'oneVsRest', tolerance: 1e-9 })
    expect(fitted.problems.map(({ positive, negative }) => [positive, negative])).toEqual([
      [0, null],
      [1, null],
      [2, null],
    ])
    const alone = await svm(
      features,
      labels.map((label) => (label === 0 ? 0 : 1)),
      { gamma: 0.5, tolerance: 1e-9 },
    )
    const [all, one] = [await fitted.scores(features), await alone.decisions(features)]
    const column = all.data.filter((_, at) => at % 3 === 0)
    expect(largestDifference(column, one.data)).toBeLessThan(1e-7)
  })
})

/** The largest violation of the optimality conditions of any sample in any problem, by the decision values. */
async function worstViolation(fitted: SvmClassifier, features: FeatureMatrix, labels: Int32Array): Promise<number> {
  const { data } = await fitted.decisions(features)
  const width = fitted.problems.length
  const at = new Map(Array.from(fitted.supportRows, (row, s) => [row, s]))
  let worst = 0
  fitted.problems.forEach(({ positive, negative }, p) => {
    labels.forEach((label, row) => {
      if (negative !== null && label !== positive && label !== negative) return
      const y = label === positive ? 1 : -1
      const s = at.get(row)
      const alpha = s === undefined ? 0 : y * fitted.coefficients[s * width + p]
      const margin = y * data[row * width + p] - 1
      expect(alpha).toBeGreaterThanOrEqual(0)
      expect(alpha).toBeLessThanOrEqual(fitted.cost)
      if (alpha < fitted.cost) worst = Math.max(worst, -margin)
      if (alpha > 0) worst = Math.max(worst, margin)
    })
  })
  return worst
}

test('every sample keeps the conditions of Karush, Kuhn and Tucker, whatever the samples', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 6, max: 60 }),
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 2, max: 4 }),
      fc.constantFrom(0.01, 1, 1000),
      fc.constantFrom('rbf' as const, 'linear' as const, 'polynomial' as const),
      fc.constantFrom('oneVsOne' as const, 'oneVsRest' as const),
      async (seed, count, columns, classes, cost, kernel, decision) => {
        const { features, labels } = clouds(count, columns, classes, { seed, distance: 0.5 })
        const fitted = await svm(features, labels, { cost, kernel, decision, offset: 1, tolerance: 1e-5 })
        if (!fitted.problems.every(({ converged }) => converged)) return
        expect(await worstViolation(fitted, features, labels)).toBeLessThan(2e-5)
        for (const { gap, objective } of fitted.problems) expect(gap).toBeLessThan(1e-3 * Math.max(objective, cost))
      },
    ),
    { numRuns: 30 },
  )
})

describe('many samples', () => {
  // more than two working sets, so that samples are shrunk away and come back
  const { features, labels } = clouds(1100, 3, 2, { distance: 0.8, seed: 3 })

  test('shrinking and a small cache change nothing', async () => {
    const whole = await svm(features, labels, { cost: 10, tolerance: 1e-6 })
    const small = await svm(features, labels, { cost: 10, tolerance: 1e-6, cacheSize: 1 })
    expect(whole.problems[0].converged).toBe(true)
    expect(whole.problems[0].gap).toBeLessThan(1e-5 * whole.problems[0].objective)
    expect(Math.abs(small.problems[0].objective / whole.problems[0].objective - 1)).toBeLessThan(1e-7)
    expect(await worstViolation(whole, features, labels)).toBeLessThan(2e-6)
  })

  test('single precision comes close to double', async () => {
    const single = { data: Float32Array.from(features.data), shape: features.shape }
    const [a, b] = [await svm(single, labels, { cost: 10 }), await svm(features, labels, { cost: 10 })]
    expect(a.problems[0].converged).toBe(true)
    expect(Math.abs(a.problems[0].objective / b.problems[0].objective - 1)).toBeLessThan(1e-5)
  })

  test('gives its memory back, stops when asked, and ends at `maxIterations`', async () => {
    const { backend, live } = countingBackend()
    const fitted = await svm(features, labels, { backend, maxIterations: 50 })
    expect(fitted.problems[0]).toMatchObject({ converged: false, iterations: 50 })
    await fitted.predict(features)
    const stop = new AbortController()
    const fit = svm(features, labels, {
      backend,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    })
    await expect(fit).rejects.toThrow('enough')
    expect(live()).toBe(0)
  })
})

test('the same data in another order give the same machine, and the same data the same bits', async () => {
  const { features, labels } = formulaSet()
  const order = Int32Array.from({ length: 90 }, (_, i) => (i * 37) % 90)
  const shuffled = {
    data: Float64Array.from({ length: 360 }, (_, at) => features.data[order[Math.floor(at / 4)] * 4 + (at % 4)]),
    shape: [90, 4],
  }
  const a = await svm(features, labels, { tolerance: 1e-9 })
  const again = await svm(features, labels, { tolerance: 1e-9 })
  const b = await svm(
    shuffled,
    order.map((row) => labels[row]),
    { tolerance: 1e-9 },
  )
  expect(again.coefficients).toEqual(a.coefficients)
  const [x, z] = [await a.decisions(features), await b.decisions(features)]
  expect(largestDifference(x.data, z.data)).toBeLessThan(1e-7)
})

describe('odd data', () => {
  test('duplicates share what one sample would have', async () => {
    const { features, labels } = formulaSet()
    const twice = { data: Float64Array.of(...features.data, ...features.data), shape: [180, 4] }
    const a = await svm(features, labels, { cost: 2, tolerance: 1e-9 })
    const b = await svm(twice, [...labels, ...labels], { cost: 1, tolerance: 1e-9 })
    const [x, z] = [await a.decisions(features), await b.decisions(features)]
    expect(largestDifference(x.data, z.data)).toBeLessThan(1e-6)
  })

  test.each(['rbf', 'linear', 'polynomial'] as const)('constant features, %s: the larger class', async (kernel) => {
    const constant = { data: new Float64Array(15).fill(3), shape: [5, 3] }
    const fitted = await svm(constant, [0, 1, 1, 0, 1], { kernel })
    expect(fitted.problems[0].converged).toBe(true)
    expect(Array.from(await fitted.predict(constant))).toEqual([1, 1, 1, 1, 1])
  })

  test.each(['rbf', 'linear', 'polynomial'] as const)('one sample a class, %s', async (kernel) => {
    const few = { data: Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0), shape: [3, 4] }
    const fitted = await svm(few, [2, 0, 1], { kernel })
    expect(Array.from(await fitted.predict(few))).toEqual([2, 0, 1])
  })

  test.each([1e-6, 1e6])('the unit does not matter: %f', async (unit) => {
    const { features, labels } = formulaSet()
    const scaled = { data: features.data.map((value) => value * unit), shape: features.shape }
    const [a, b] = [await svm(features, labels, { tolerance: 1e-8 }), await svm(scaled, labels, { tolerance: 1e-8 })]
    expect(largestDifference((await a.decisions(features)).data, (await b.decisions(scaled)).data)).toBeLessThan(1e-6)
    const linear = { kernel: 'linear', tolerance: 1e-8 } as const
    const c = await svm(features, labels, { ...linear, cost: 1 })
    const d = await svm(scaled, labels, { ...linear, cost: 1 / unit ** 2 })
    expect(largestDifference((await c.decisions(features)).data, (await d.decisions(scaled)).data)).toBeLessThan(1e-5)
  })

  test('a far mean costs no digits in single precision', async () => {
    const { features, labels } = formulaSet()
    const far = { data: Float32Array.from(features.data, (value) => Math.fround(value) + 256), shape: features.shape }
    const near = { data: far.data.map((value) => value - 256), shape: features.shape }
    const [a, b] = [await svm(near, labels, { gamma: 0.5 }), await svm(far, labels, { gamma: 0.5 })]
    expect(largestDifference((await a.decisions(near)).data, (await b.decisions(far)).data)).toBeLessThan(1e-4)
  })

  test('kernel values beyond the range of the numbers are refused', async () => {
    const large = { data: Float64Array.from({ length: 40 }, (_, i) => 1e60 * Math.sin(i * i)), shape: [10, 4] }
    const labels = Int32Array.from({ length: 10 }, (_, i) => i % 2)
    await expect(svm(large, labels, { kernel: 'polynomial', gamma: 1, degree: 3 })).rejects.toMatchObject({
      code: 'VALUE',
    })
  })
})
