import { random } from '@scatterlab/tensor'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FeatureMatrix } from './features.ts'
import { countingBackend, largestDifference } from './samples.test.data.ts'
import { sparseCodes } from './sparse-codes.ts'

/** Unit atoms, drawn. */
function atoms(seed: number, count: number, columns: number): FeatureMatrix {
  const stream = random(seed)
  const data = stream.fillNormal(new Float64Array(count * columns))
  for (let k = 0; k < count; k++) {
    const row = data.subarray(k * columns, (k + 1) * columns)
    const norm = Math.hypot(...row)
    row.forEach((value, j) => (row[j] = value / norm))
  }
  return { data, shape: [count, columns] }
}

/** The largest violation of the optimality conditions of a code. */
function violation(
  x: ArrayLike<number>,
  z: ArrayLike<number>,
  d: FeatureMatrix,
  penalty: number,
  nonNegative: boolean,
) {
  const [count, columns] = d.shape
  const rest = Float64Array.from({ length: columns }, (_, j) => {
    let value = x[j]
    for (let k = 0; k < count; k++) value -= z[k] * d.data[k * columns + j]
    return value
  })
  let worst = 0
  for (let k = 0; k < count; k++) {
    let c = 0
    for (let j = 0; j < columns; j++) c += rest[j] * d.data[k * columns + j]
    worst = Math.max(
      worst,
      z[k] === 0 ? (nonNegative ? c : Math.abs(c)) - penalty : Math.abs(c - Math.sign(z[k]) * penalty),
    )
    if (nonNegative) expect(z[k]).toBeGreaterThanOrEqual(0)
  }
  return worst
}

test('all three ways meet the conditions of the optimum, and each other', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 1, max: 24 }),
      fc.integer({ min: 2, max: 12 }),
      fc.constantFrom(0.02, 0.2, 1),
      fc.boolean(),
      async (seed, count, columns, part, nonNegative) => {
        const d = atoms(seed, count, columns)
        const x = random(seed + 1).fillNormal(new Float64Array(3 * columns))
        const most = Math.max(
          1e-3,
          ...Array.from({ length: count }, (_, k) => {
            let c = 0
            for (let j = 0; j < columns; j++) c += x[j] * d.data[k * columns + j]
            return Math.abs(c)
          }),
        )
        const penalty = part * most
        const features = { data: x, shape: [3, columns] }
        const common = { penalty, nonNegative, tolerance: 1e-9, maxIterations: 300_000 }
        const path = await sparseCodes(features, d, { ...common, method: 'homotopy' })
        const fista = await sparseCodes(features, d, common)
        for (let i = 0; i < 3; i++) {
          for (const { data } of [path, fista]) {
            const [own, code] = [x.subarray(i * columns, (i + 1) * columns), data.subarray(i * count, (i + 1) * count)]
            expect(violation(own, code, d, penalty, nonNegative)).toBeLessThan(1e-6 * penalty)
          }
        }
        // with no more atoms than dimensions the solution is unique
        if (count <= columns) expect(largestDifference(path.data, fista.data)).toBeLessThan(1e-5)
      },
    ),
    { numRuns: 30 },
  )
})

test('plain steps come to the same, in single precision, and atoms that are planted are found', async () => {
  const d = atoms(2, 12, 40)
  const planted = [
    [3, 1.5],
    [7, -2],
  ]
  const x = Float64Array.from({ length: 40 }, (_, j) =>
    planted.reduce((sum, [k, z]) => sum + z * d.data[k * 40 + j], 0),
  )
  const exact = await sparseCodes({ data: x, shape: [1, 40] }, d, { penalty: 0.05, method: 'homotopy' })
  expect([...exact.data.keys()].filter((k) => exact.data[k] !== 0)).toEqual([3, 7])
  const single = { data: Float32Array.from(x), shape: [1, 40] }
  const { backend, live } = countingBackend()
  const ista = await sparseCodes(single, d, { penalty: 0.05, method: 'ista', backend })
  expect(ista.data).toBeInstanceOf(Float32Array)
  expect(largestDifference(ista.data, exact.data)).toBeLessThan(1e-4)
  expect(live()).toBe(0)
})

test('equal atoms, atoms of 0 and a penalty that leaves nothing', async () => {
  const d = { data: Float64Array.of(1, 0, 1, 0, 0, 0), shape: [3, 2] }
  for (const method of ['homotopy', 'fista'] as const) {
    const { data } = await sparseCodes([[2, 1]], d, { penalty: 0.5, method })
    expect(data[0] + data[1]).toBeCloseTo(1.5, 3)
    expect(data[2]).toBe(0)
    expect([...(await sparseCodes([[2, 1]], d, { penalty: 3, method })).data]).toEqual([0, 0, 0])
  }
  await expect(
    sparseCodes([[2, 1]], d, { penalty: 0.01, method: 'ista', maxIterations: 1, tolerance: 1e-9 }),
  ).rejects.toMatchObject({
    code: 'CONVERGENCE',
  })
  await expect(sparseCodes([[2, 1, 0]], d, { penalty: 1 })).rejects.toMatchObject({ code: 'SHAPE' })
})
