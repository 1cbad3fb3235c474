import { describe, expect, test } from 'vitest'
import { meanOfRows } from './chunks.ts'
import type { FeatureMatrix } from './features.ts'
import { pca } from './pca.ts'
import { clouds, countingBackend, largestDifference } from './samples.test.data.ts'
import { whiten } from './whiten.ts'

const { features } = clouds(300, 5, 3, { seed: 9 })

/** (1/n) Σ x xᵀ less the mean. */
function covariance({ data, shape: [n, d] }: FeatureMatrix): Float64Array {
  const mean = meanOfRows(
    { data, shape: [n, d] },
    Int32Array.from({ length: n }, (_, i) => i),
  )
  const out = new Float64Array(d * d)
  for (let i = 0; i < n; i++)
    for (let a = 0; a < d; a++)
      for (let b = 0; b < d; b++) out[a * d + b] += ((data[i * d + a] - mean[a]) * (data[i * d + b] - mean[b])) / n
  return out
}
const identity = (d: number): Float64Array =>
  Float64Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? 1 : 0))

describe('whiten', () => {
  test('without a floor the covariance becomes the identity, by a symmetric map', async () => {
    const zca = await whiten(features, { epsilon: 0, tolerance: 1e-12 })
    const z = await zca.apply(features)
    expect(z.shape).toEqual([300, 5])
    expect(largestDifference(covariance(z), identity(5))).toBeLessThan(1e-9)
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 5; j++) expect(zca.matrix[i * 5 + j]).toBeCloseTo(zca.matrix[j * 5 + i], 12)
  })

  test('with ε it is (Σ + εI)^(−1/2): its square times Σ + εI is the identity', async () => {
    const { matrix: w, epsilon, variances } = await whiten(features, { floor: 0.1 })
    expect(epsilon).toBeCloseTo(0.1 * variances[0], 12)
    const s = covariance(features)
    for (let i = 0; i < 5; i++) s[i * 6] += epsilon
    const product = (a: Float64Array, b: Float64Array): Float64Array =>
      Float64Array.from({ length: 25 }, (_, at) => {
        let sum = 0
        for (let k = 0; k < 5; k++) sum += a[Math.floor(at / 5) * 5 + k] * b[k * 5 + (at % 5)]
        return sum
      })
    expect(largestDifference(product(product(w, w), s), identity(5))).toBeLessThan(1e-9)
  })

  test('fewer samples than features: directions that no sample has are divided by √ε', async () => {
    const few = { data: features.data.slice(0, 15), shape: [3, 5] as const }
    const zca = await whiten(few, { epsilon: 0.25 })
    expect(zca.variances.length).toBe(2)
    const trace = [0, 1, 2, 3, 4].reduce((sum, i) => sum + zca.matrix[i * 6], 0)
    const expected = zca.variances.reduce((sum, variance) => sum + 1 / Math.sqrt(variance + 0.25), 3 * 2)
    expect(trace).toBeCloseTo(expected, 9)
    await expect(whiten(few, { epsilon: 0 })).rejects.toThrow('span 2 of 5 dimensions')
  })
})

describe('pca', () => {
  test('the components of new samples, in single precision too, and the memory back', async () => {
    const { backend, live } = countingBackend()
    const fitted = await pca(features, { components: 2, backend })
    const z = await fitted.apply(features, { rows: [7, 3] })
    expect(z.shape).toEqual([2, 2])
    const by = (row: number, k: number): number =>
      fitted.mean.reduce((sum, m, j) => sum + (features.data[row * 5 + j] - m) * fitted.axes[k * 5 + j], 0)
    expect(largestDifference(z.data, [by(7, 0), by(7, 1), by(3, 0), by(3, 1)])).toBeLessThan(1e-12)
    const single = await fitted.apply(
      { data: Float32Array.from(features.data), shape: features.shape },
      { rows: [7, 3] },
    )
    expect(single.data).toBeInstanceOf(Float32Array)
    expect(largestDifference(z.data, single.data)).toBeLessThan(1e-5)
    expect(live()).toBe(0)
  })

  test('whitened components have the variance λ/(λ + ε)', async () => {
    const fitted = await pca(features, { components: 3, whiten: true, floor: 0.5, tolerance: 1e-12 })
    const z = covariance(await fitted.apply(features))
    const { variances } = fitted
    for (let k = 0; k < 3; k++) expect(z[k * 4]).toBeCloseTo(variances[k] / (variances[k] + 0.5 * variances[0]), 9)
    expect(z[1]).toBeCloseTo(0, 9)
  })
})
