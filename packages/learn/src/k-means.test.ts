import { random } from '@scatterlab/tensor'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kMeans } from './k-means.ts'
import { clouds, countingBackend } from './samples.test.data.ts'

test('finds clusters that lie apart, whatever the seed', async () => {
  const { features, labels } = clouds(300, 6, 4, { distance: 20, seed: 2 })
  for (const seed of [0, 1, 'x']) {
    const { counts, converged, centres, predict } = await kMeans(features, { clusters: 4, seed, tolerance: 0 })
    expect(converged).toBe(true)
    expect([...counts]).toEqual([75, 75, 75, 75])
    const found = await predict(features)
    // one cluster a class
    const pairs = new Set(labels.map((label, i) => label * 10 + found[i]))
    expect(pairs.size).toBe(4)
    expect(centres.shape).toEqual([4, 6])
  }
})

test('every centre is the mean of its samples, every sample is with its nearest centre, and the inertia is their sum', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(0, 1e6),
      async (seed, clusters, offset) => {
        const stream = random(seed)
        const data = Float64Array.from({ length: 120 }, () => stream.normal() + offset)
        const { centres, inertia, counts, predict, converged } = await kMeans(
          { data, shape: [40, 3] },
          { clusters, seed, tolerance: 0 },
        )
        expect(converged).toBe(true)
        const found = await predict({ data, shape: [40, 3] })
        const square = (i: number, k: number): number =>
          [0, 1, 2].reduce((sum, j) => sum + (data[i * 3 + j] - centres.data[k * 3 + j]) ** 2, 0)
        let sum = 0
        found.forEach((k, i) => {
          sum += square(i, k)
          for (let other = 0; other < clusters; other++) expect(square(i, k)).toBeLessThan(square(i, other) + 1e-6)
        })
        expect(Math.abs(sum - inertia)).toBeLessThan(1e-6 * Math.max(sum, 1))
        for (let k = 0; k < clusters; k++) {
          const own = [...found.keys()].filter((i) => found[i] === k)
          expect(own.length).toBe(counts[k])
          for (let j = 0; j < 3; j++) {
            const mean = own.reduce((total, i) => total + data[i * 3 + j], 0) / own.length
            expect(Math.abs(mean - centres.data[k * 3 + j])).toBeLessThan(1e-8)
          }
        }
      },
    ),
    { numRuns: 30 },
  )
})

test('as many clusters as samples, equal samples, and an end before convergence', async () => {
  const { features } = clouds(20, 3, 2)
  expect((await kMeans(features, { clusters: 20 })).inertia).toBeLessThan(1e-20)
  const equal = { data: new Float64Array(12).fill(7), shape: [4, 3] }
  expect(await kMeans(equal, { clusters: 3 })).toMatchObject({ inertia: 0, converged: true })
  const { backend, live } = countingBackend()
  const early = await kMeans(features, { clusters: 5, maxIterations: 1, backend })
  expect(early).toMatchObject({ iterations: 1, converged: false })
  expect(live()).toBe(0)
  await expect(kMeans(features, { clusters: 21 })).rejects.toThrow('clusters 21 for 20 samples')
})
