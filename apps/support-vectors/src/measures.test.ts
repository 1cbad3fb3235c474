import { ridge } from '@scatterlab/learn'
import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { drawnAtoms, learnDictionary, objectiveOf, updateAtoms } from './dictionary.ts'
import { POSITIONS, alongFibres, codesOf } from './fibres.ts'
import { memories } from './memory.ts'
import { closePairs, sharedBy, sparsityOf } from './pairs.ts'
import { broughtBy, flippedShare, flippingAtoms, labelWithout } from './removal.ts'
import { telling } from './telling.ts'

it('lays paths side by side at each position', () => {
  // digit d, path p, position u is 100d + 10p + u
  const data = Float32Array.from({ length: 2 * 3 * 4 }, (_, at) => {
    const [d, p, u] = [Math.floor(at / 12), Math.floor(at / 4) % 3, at % 4]
    return 100 * d + 10 * p + u
  })
  const { data: fibres, shape } = alongFibres({ data, shape: [2, 3, 2, 2] })
  expect(shape).toEqual([8, 3])
  expect([...fibres.subarray(3, 6)]).toEqual([1, 11, 21])
  expect([...fibres.subarray(15, 18)]).toEqual([101, 111, 121])
})

it('shares what is shared', () => {
  const codes = { data: Float64Array.of(1, 0, 2, 0, 3, 0, 4, 0, 0, 0, 0, 0), shape: [3, 4] as const }
  expect(sharedBy(codes, { a: 0, b: 1 })).toEqual({ support: 1 / 1, weighted: 3 / 7, distance: Math.hypot(2, 2) })
  expect(sharedBy(codes, { a: 0, b: 2 })).toMatchObject({ support: 0, weighted: 0 })
  expect(sharedBy(codes, { a: 2, b: 2 })).toMatchObject({ support: 1, weighted: 1, distance: 0 })
})

it('is sparse where one number is all, and not where all are alike', () => {
  const of = (...data: number[]) => sparsityOf({ data: Float64Array.from(data), shape: [1, data.length] })
  const one = of(0, 0, 5, 0)
  expect([one.used, one.ratio, one.gini]).toEqual([0.25, 0.5, 0.75])
  const all = of(2, 2, -2, 2)
  expect(all.used).toBe(1)
  expect(all.ratio).toBeCloseTo(1, 12)
  expect(all.gini).toBeCloseTo(0, 12)
})

it('pairs the nearest of two classes with pairs of one class that are as far apart', () => {
  const other = { indices: Int32Array.of(2, 2, 0, 0), distances: Float64Array.of(5, 9, 5, 20) }
  const same = { indices: Int32Array.of(1, 0, 3, 2), distances: Float64Array.of(8, 8, 4, 4) }
  const found = closePairs({ other, same }, 2)
  expect(found.boundary.map(({ distance }) => distance)).toEqual([5, 9])
  expect(found.same.map(({ distance }) => distance)).toEqual([4, 8])
  expect(() => closePairs({ other, same }, 3)).toThrow('2 pairs of nearest digits, not 3')
})

it('takes an atom out as if its codes had never been', () => {
  const stream = random(4)
  const [digits, atoms, classes] = [30, 5, 3]
  const data = stream.fillNormal(new Float64Array(digits * POSITIONS * atoms)).map((value) => Math.max(0, value - 0.8))
  const codes = { data, shape: [digits, POSITIONS * atoms] as const }
  const labels = Array.from({ length: digits }, (_, i) => i % classes)
  return ridge(codes, labels, { penalty: 1 }).then(async (classifier) => {
    const brought = broughtBy(codes, atoms, classifier)
    for (const without of [[], [2], [0, 4]]) {
      const left = data.map((value, at) => (without.includes(at % atoms) ? 0 : value))
      const expected = await classifier.predict({ data: left, shape: codes.shape })
      expect(Array.from({ length: digits }, (_, i) => labelWithout(brought, i, without))).toEqual([...expected])
    }
    const flips = flippingAtoms(brought, 0)
    expect(flips.every((k) => labelWithout(brought, 0, [k]) !== labelWithout(brought, 0, []))).toBe(true)
    const pairs = [
      { a: 0, b: 1, distance: 1 },
      { a: 2, b: 3, distance: 1 },
    ]
    expect(flippedShare(brought, pairs, 0)).toBe(0)
    // without all atoms every digit is given the class of the largest intercept
    const rest = classifier.intercept.indexOf(Math.max(...classifier.intercept))
    const changed = [0, 1, 2, 3].filter((i) => labelWithout(brought, i, []) !== rest).length
    expect(flippedShare(brought, pairs, atoms)).toBe(changed / 4)
    expect(() => broughtBy(codes, 7, classifier)).toThrow('those of one read-out')
  })
})

it('learns atoms: the objective falls, and planted ones are found', async () => {
  const planted = drawnAtoms(6, 12, 'planted')
  const stream = random('samples')
  const data = new Float32Array(300 * 12)
  for (let i = 0; i < 300; i++) {
    for (const k of stream.permutation(6).subarray(0, 2)) {
      const weight = 1 + stream.uniform()
      for (let c = 0; c < 12; c++) data[i * 12 + c] += weight * planted.data[k * 12 + c]
    }
  }
  const fibres = { data, shape: [300, 12] as const }
  const objectives: number[] = []
  const found = await learnDictionary(fibres, {
    atoms: 6,
    fibres: 300,
    passes: 25,
    seed: 'a',
    penalty: () => 0.2,
    onPass: (_, objective) => objectives.push(objective),
  })
  expect(objectives.at(-1)!).toBeLessThan(0.6 * objectives[0])
  const best = memories(planted, found).map(({ cosine }) => cosine)
  expect(Math.min(...best)).toBeGreaterThan(0.99)

  // for codes that stay, a pass over the atoms never raises what is left
  const start = drawnAtoms(6, 12, 'start')
  const codes = await codesOf(fibres, start, 0.3, {})
  const before = objectiveOf(fibres, codes, start, 0)
  updateAtoms(fibres, codes, start, random(1))
  expect(objectiveOf(fibres, codes, start, 0)).toBeLessThan(before)
  await expect(
    learnDictionary({ data, shape: [300, 12] }, { atoms: 301, fibres: 300, passes: 1, seed: 'a', penalty: () => 1 }),
  ).rejects.toMatchObject({ code: 'VALUE' })
})

it('remembers the fibre that an atom is, and takes fibres where near digits differ', () => {
  const fibres = drawnAtoms(4 * POSITIONS, 7, 'fibres')
  const atom = { data: fibres.data.slice(7 * 21, 7 * 22), shape: [1, 7] as const }
  expect(memories(fibres, atom)).toMatchObject([{ digit: 1, position: 5, cosine: expect.closeTo(1, 5) }])
  const data = new Float32Array(4 * POSITIONS)
  data[3] = 1
  const rows = telling(
    { data, shape: [4 * POSITIONS, 1] },
    { indices: Int32Array.of(1, 0, 3, 2), distances: Float64Array.of(1, 2, 8, 9) },
  )
  expect(rows).toContain(3)
  expect(rows).toContain(POSITIONS + 3)
})
