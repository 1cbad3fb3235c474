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

/** The lasso's solution by trying every support and every sign: the one code of some sign pattern that meets all conditions. */
function everySupport(x: Float64Array, d: FeatureMatrix, penalty: number, nonNegative: boolean): Float64Array {
  const [count, columns] = d.shape
  const product = (a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number => {
    let sum = 0
    for (let c = 0; c < columns; c++) sum += a[i * columns + c] * b[j * columns + c]
    return sum
  }
  const signs = nonNegative ? [0, 1] : [0, 1, -1]
  for (let pattern = 0; pattern < signs.length ** count; pattern++) {
    const sign = Array.from({ length: count }, (_, k) => signs[Math.floor(pattern / signs.length ** k) % signs.length])
    const own = [...sign.keys()].filter((k) => sign[k] !== 0)
    if (own.length > columns) continue
    // Gauss's elimination of G z = b − λ·sign on the support
    const rows = own.map((k) => [
      ...own.map((j) => product(d.data, k, d.data, j)),
      product(d.data, k, x, 0) - penalty * sign[k],
    ])
    rows.forEach((row, i) => {
      for (const other of rows) {
        if (other === row) continue
        const factor = other[i] / row[i]
        for (let c = i; c <= own.length; c++) other[c] -= factor * row[c]
      }
    })
    const z = new Float64Array(count)
    own.forEach((k, i) => (z[k] = rows[i][own.length] / rows[i][i]))
    if (own.every((k) => z[k] * sign[k] > 0) && violation(x, z, d, penalty, nonNegative) < 1e-9) return z
  }
  throw new Error('no pattern meets the conditions')
}

test.each([false, true])(
  'the path is the lasso itself on small dictionaries, to 1e-6 (z ≥ 0: %s)',
  async (nonNegative) => {
    for (let seed = 1; seed <= 6; seed++) {
      // more atoms than dimensions too: in general position the solution is unique all the same
      const d = atoms(seed, 6, seed % 2 === 0 ? 4 : 7)
      const x = random(seed + 100).fillNormal(new Float64Array(d.shape[1]))
      for (const penalty of [0.01, 0.1, 0.4]) {
        const exact = everySupport(x, d, penalty, nonNegative)
        const settings = { penalty, nonNegative, method: 'homotopy' } as const
        const { data } = await sparseCodes({ data: x, shape: [1, d.shape[1]] }, d, settings)
        expect(largestDifference(data, exact)).toBeLessThan(1e-6)
      }
    }
  },
)

test('a planted support is recovered where coherence times sparsity is below ½', async () => {
  // an orthonormal basis, a little bent
  const [count, sparsity] = [24, 3]
  const noise = random(5).fillNormal(new Float64Array(count * count), 0, 0.015)
  for (let k = 0; k < count; k++) noise[k * count + k] += 1
  for (let k = 0; k < count; k++) {
    const row = noise.subarray(k * count, (k + 1) * count)
    const norm = Math.hypot(...row)
    row.forEach((value, j) => (row[j] = value / norm))
  }
  const d: FeatureMatrix = { data: noise, shape: [count, count] }
  let coherence = 0
  for (let k = 0; k < count; k++) {
    for (let j = 0; j < k; j++) {
      let product = 0
      for (let c = 0; c < count; c++) product += noise[k * count + c] * noise[j * count + c]
      coherence = Math.max(coherence, Math.abs(product))
    }
  }
  expect(coherence * sparsity).toBeLessThan(0.5)
  const stream = random(6)
  for (let trial = 0; trial < 20; trial++) {
    const planted = [...stream.permutation(count).subarray(0, sparsity)].toSorted((a, b) => a - b)
    const x = new Float64Array(count)
    for (const k of planted) {
      const weight = (1 + stream.uniform()) * (stream.uniform() < 0.5 ? -1 : 1)
      for (let c = 0; c < count; c++) x[c] += weight * noise[k * count + c]
    }
    const { data } = await sparseCodes({ data: x, shape: [1, count] }, d, { penalty: 0.05, method: 'homotopy' })
    expect([...data.keys()].filter((k) => data[k] !== 0)).toEqual(planted)
  }
})
