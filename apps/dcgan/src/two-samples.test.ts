import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { nearestIsOwn } from './two-samples.ts'

const cloud = (centre: number, seed: number): Float32Array =>
  (random(seed).fillNormal(new Float32Array(400 * 3)) as Float32Array).map((v) => v + centre)

it('is 100 % of sets that lie apart and half of sets of one law', () => {
  expect(nearestIsOwn(cloud(0, 1), cloud(100, 2), 3)).toEqual({ accuracy: 100, realRecall: 100, fakeRecall: 100 })
  // standard error of 800 labels, dependent ones: 2 % about
  expect(Math.abs(nearestIsOwn(cloud(0, 1), cloud(0, 2), 3).accuracy - 50)).toBeLessThan(8)
})

it('tells of a generator that draws one kind only', () => {
  const few = cloud(0, 2).map((v, i) => (i % 3 === 0 ? 0.01 * v : 0.01 * v))
  const { realRecall, fakeRecall } = nearestIsOwn(cloud(0, 1), few, 3)
  expect(fakeRecall).toBeGreaterThan(90)
  expect(realRecall).toBeGreaterThan(50)
})
