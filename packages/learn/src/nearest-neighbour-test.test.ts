import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { DataError, nearestNeighbourTest } from './index.ts'

const cloud = (centre: number, seed: number, count = 200) => ({
  data: (random(seed).fillNormal(new Float32Array(count * 3)) as Float32Array).map((v) => v + centre),
  shape: [count, 3],
})

it('is what plain loops over all pairs say', async () => {
  const [a, b] = [cloud(0, 1, 40), cloud(0.7, 2, 40)]
  const all = [...a.data, ...b.data]
  const own = [0, 0]
  for (let i = 0; i < 80; i++) {
    let [nearest, least] = [-1, Infinity]
    for (let j = 0; j < 80; j++) {
      const square = [0, 1, 2].reduce((sum, k) => sum + (all[3 * i + k] - all[3 * j + k]) ** 2, 0)
      if (j !== i && square < least) [nearest, least] = [j, square]
    }
    if (nearest < 40 === i < 40) own[i < 40 ? 0 : 1]++
  }
  const found = await nearestNeighbourTest(a, b)
  expect(found).toEqual({ accuracy: (own[0] + own[1]) / 80, firstRecall: own[0] / 40, secondRecall: own[1] / 40 })
})

it('is 1 for sets that lie apart and ½ for sets of one law', async () => {
  expect(await nearestNeighbourTest(cloud(0, 1), cloud(100, 2))).toEqual({
    accuracy: 1,
    firstRecall: 1,
    secondRecall: 1,
  })
  // standard error of 400 labels, dependent ones: 0.03 about
  expect(Math.abs((await nearestNeighbourTest(cloud(0, 1), cloud(0, 2))).accuracy - 0.5)).toBeLessThan(0.12)
})

it('finds copies: a remembered set scores 0, a set of one kind is told by its own recall', async () => {
  const a = cloud(0, 1)
  // of a sample and its copy each is the nearest of the other, and never of its own set
  expect((await nearestNeighbourTest(a, { ...a, data: a.data.slice() })).accuracy).toBe(0)
  const few = { ...a, data: cloud(0, 2).data.map((v) => 0.01 * v) }
  const found = await nearestNeighbourTest(a, few)
  expect(found.secondRecall).toBeGreaterThan(0.9)
  expect(found.firstRecall).toBeLessThan(1)
})

it('refuses sets of two sizes and single samples', async () => {
  await expect(nearestNeighbourTest(cloud(0, 1, 3), cloud(0, 2, 4))).rejects.toThrow(/as many/)
  await expect(nearestNeighbourTest(cloud(0, 1, 1), cloud(0, 2, 1))).rejects.toThrow(DataError)
})
