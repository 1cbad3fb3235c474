// Kernel ridge, its panels, large ridge and Nyström features: against dense solutions, and each against the others.
import { Matrix, solve } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { kernelRidge } from './kernel-ridge.ts'
import { largeRidge } from './large-ridge.ts'
import { nystroem } from './nystroem.ts'
import { PANEL_ROWS, emptyPanels, factorPanels } from './panels.ts'
import { random } from '@scatterlab/tensor'
import { trainingSet } from './features.ts'
import { ridge } from './ridge.ts'
import { startRun } from './run.ts'
import { clouds, countingBackend, largestDifference, rowsOf } from './samples.test.data.ts'

const run = startRun({})
const nothing = async (): Promise<void> => {}

test('panels: the factor solves as the matrix does, over several panels', async () => {
  const size = PANEL_ROWS + 90
  const stream = random(3)
  const x = Float64Array.from({ length: size * 40 }, () => stream.normal())
  const entry = (i: number, j: number): number => {
    let sum = i === j ? 5 : 0
    for (let k = 0; k < 40; k++) sum += x[i * 40 + k] * x[j * 40 + k]
    return sum
  }
  const panels = emptyPanels(size, 'float64')
  for (const { top, bottom, data } of panels)
    for (let i = top; i < bottom; i++) for (let j = 0; j < bottom; j++) data[(i - top) * bottom + j] = entry(i, j)
  const expected = Float64Array.from({ length: size * 2 }, () => stream.normal())
  const right = new Float64Array(size * 2)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) for (let c = 0; c < 2; c++) right[i * 2 + c] += entry(i, j) * expected[j * 2 + c]
  const factor = await factorPanels(run, panels, nothing)
  expect(largestDifference(await factor.solve(right, 2), expected)).toBeLessThan(1e-9)
})

test('panels refuse what is not positive definite', async () => {
  const panels = emptyPanels(3, 'float64')
  await expect(factorPanels(run, panels, nothing)).rejects.toThrow('raise `penalty`')
})

describe('kernelRidge', () => {
  const { features, labels } = clouds(70, 4, 3, { distance: 0.6 })

  test('gives the solution of (K + λI) a = Y − b', async () => {
    const fitted = await kernelRidge(features, labels, { gamma: 0.3, penalty: 0.1, tolerance: 1e-12 })
    const rows = rowsOf(features)
    const kernel = rows.map((a) =>
      rows.map((b) => Math.exp(-0.3 * a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0))),
    )
    const y = new Matrix([...labels].map((label) => [0, 1, 2].map((k) => (k === label ? 1 : -1) - fitted.intercept[k])))
    const expected = solve(Matrix.add(new Matrix(kernel), Matrix.eye(70, 70).mul(0.1)), y).to1DArray()
    expect(largestDifference(fitted.coefficients, expected)).toBeLessThan(1e-9)
    const { data } = await fitted.scores(features, { rows: [5] })
    const score = (k: number): number =>
      kernel[5].reduce((sum, value, i) => sum + value * expected[i * 3 + k], fitted.intercept[k])
    expect(largestDifference(data, [score(0), score(1), score(2)])).toBeLessThan(1e-9)
  })

  test('with the linear kernel it is ridge', async () => {
    const kernel = await kernelRidge(features, labels, { kernel: 'linear', penalty: 2, tolerance: 1e-12 })
    const linear = await ridge(features, labels, { penalty: 2, tolerance: 1e-12 })
    const [a, b] = [await kernel.scores(features), await linear.scores(features)]
    expect(largestDifference(a.data, b.data)).toBeLessThan(1e-9)
  })

  test('single precision over several panels comes to its residual; memory comes back; it stops when asked', async () => {
    const large = clouds(PANEL_ROWS + 60, 5, 3, { single: true, distance: 0.6 })
    const { backend, live } = countingBackend()
    const single = await kernelRidge(large.features, large.labels, { gamma: 0.3, penalty: 0.01, backend })
    const double = { data: Float64Array.from(large.features.data), shape: large.features.shape }
    const exact = await kernelRidge(double, large.labels, { gamma: 0.3, penalty: 0.01, tolerance: 1e-10 })
    const [a, b] = [await single.scores(large.features), await exact.scores(double)]
    expect(largestDifference(a.data, b.data)).toBeLessThan(0.02)
    expect(live()).toBe(0)
    const stop = new AbortController()
    const onProgress = ({ stage }: { stage: string }): void => {
      if (stage === 'factor') stop.abort(new Error('enough'))
    }
    const fit = kernelRidge(large.features, large.labels, { penalty: 1, backend, signal: stop.signal, onProgress })
    await expect(fit).rejects.toThrow('enough')
    expect(live()).toBe(0)
  })
})

test.each([
  ['more samples than features', 90, 7],
  ['fewer', 40, 60],
])('large ridge is ridge: %s', async (_, count, columns) => {
  const { features, labels } = clouds(count, columns, 3, { distance: 0.6 })
  const { backend, live } = countingBackend()
  const expected = await ridge(features, labels, { penalty: 0.5, tolerance: 1e-12 })
  const found = await largeRidge(startRun({ backend }), trainingSet(features, labels, {}), 0.5, 1e-12)
  expect(largestDifference(found.weights, expected.weights)).toBeLessThan(1e-9)
  expect(largestDifference(found.intercept, expected.intercept)).toBeLessThan(1e-9)
  expect(live()).toBe(0)
})

describe('nystroem', () => {
  const { features, labels } = clouds(60, 3, 3, { distance: 0.8 })

  test('with all samples as landmarks products are kernel values', async () => {
    const map = await nystroem(features, { components: 60, gamma: 0.4 })
    const z = rowsOf(await map.apply(features))
    const rows = rowsOf(features)
    for (const [i, j] of [
      [0, 1],
      [5, 40],
      [17, 17],
    ]) {
      const product = z[i].reduce((sum, value, k) => sum + value * z[j][k], 0)
      const square = rows[i].reduce((sum, value, k) => sum + (value - rows[j][k]) ** 2, 0)
      expect(product).toBeCloseTo(Math.exp(-0.4 * square), 7)
    }
  })

  test('ridge on the features of all landmarks is kernel ridge but for the mean; on few it comes near', async () => {
    const whole = await kernelRidge(features, labels, { gamma: 0.4, penalty: 0.5, tolerance: 1e-10 })
    const expected = await whole.predict(features)
    const { backend, live } = countingBackend()
    const map = await nystroem(features, { components: 20, gamma: 0.4, seed: 1, backend })
    const z = await map.apply(features)
    expect(z.shape).toEqual([60, 20])
    const found = await (await ridge(z, labels, { penalty: 0.5 })).predict(z)
    expect(found.filter((label, i) => label !== expected[i]).length).toBeLessThanOrEqual(3)
    expect(live()).toBe(0)
    await expect(nystroem(features, { components: 61 })).rejects.toThrow('components 61 for 60 samples')
  })

  test('equal samples have one direction, not none', async () => {
    const equal = { data: new Float64Array(12).fill(2), shape: [4, 3] }
    const map = await nystroem(equal, { components: 3 })
    const [z] = rowsOf(await map.apply(equal, { rows: [0] }))
    expect(z.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 9)
  })
})
