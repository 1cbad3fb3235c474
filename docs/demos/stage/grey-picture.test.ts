import { expect, test } from 'vitest'
import { greyOf } from './grey-picture.ts'

test('white is 1, black 0, and green is lighter than blue', () => {
  const [white, black, green, blue] = greyOf([255, 255, 255, 255, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255])
  expect([white, black, green, blue].map((v) => Number(v.toFixed(3)))).toEqual([1, 0, 0.587, 0.114])
})
