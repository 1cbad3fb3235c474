import { expect, it } from 'vitest'
import { deadLeaves } from './dead-leaves.ts'

it('covers every pixel with grey levels, the same ones for the same seed', () => {
  const { data, shape } = deadLeaves({ shape: [48, 64], seed: 3 })
  expect(shape).toEqual([48, 64])
  expect(Math.min(...data)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...data)).toBeLessThan(1)
  expect(deadLeaves({ shape: [48, 64], seed: 3 }).data).toEqual(data)
  expect(deadLeaves({ shape: [48, 64], seed: 4 }).data).not.toEqual(data)
})

it('has areas of one level, so that most neighbours are equal', () => {
  const { data } = deadLeaves({ shape: [128, 128], seed: 1 })
  const equal = data.filter((v, i) => i % 128 > 0 && v === data[i - 1]).length
  expect(equal / data.length).toBeGreaterThan(0.5)
  expect(equal / data.length).toBeLessThan(0.95)
})
