import { expect, test } from 'vitest'
import { ticks } from './ticks.ts'

test('round numbers from one end to the other', () => {
  expect(ticks(0, 1, 4)).toEqual([0, 0.5, 1])
  expect(ticks(-3, 3, 6)).toEqual([-3, -2, -1, 0, 1, 2, 3])
  expect(ticks(0.12, 0.47, 4)).toEqual([0.2, 0.3, 0.4])
  expect(ticks(0, 730, 4)).toEqual([0, 200, 400, 600])
})

test('none where there is no range', () => {
  expect(ticks(1, 1, 4)).toEqual([])
  expect(ticks(0, Infinity, 4)).toEqual([])
})
