import { expect, test } from 'vitest'
import { digitMoments } from './digit-moments.ts'

/** An image of 16×16 that is white where it is told to be. */
const image = (isWhite: (x: number, y: number) => boolean) => ({
  data: Float32Array.from({ length: 256 }, (_, i) => (isWhite(i % 16, i >> 4) ? 1 : -1)),
  shape: [1, 1, 16, 16],
})

test('a line that leans by 45 degrees has a slant of 1 and no width', () => {
  const { ink, slant, width } = digitMoments(image((x, y) => x + y === 15))
  expect([ink[0], slant[0], width[0]]).toEqual([1 / 16, expect.closeTo(1, 12), expect.closeTo(0, 6)])
})

test('an upright bar has its own width and no slant', () => {
  const { ink, slant, width } = digitMoments(image((x) => x >= 6 && x < 10))
  // columns at ±0.5 and ±1.5: variance 1.25
  expect([ink[0], slant[0], width[0]]).toEqual([0.25, expect.closeTo(0, 12), expect.closeTo(Math.sqrt(1.25), 12)])
})

test('colours are refused', () => {
  expect(() => digitMoments({ data: new Float32Array(48), shape: [1, 3, 4, 4] })).toThrow('give [items, 1, side, side]')
})

test('a black image has none of anything', () => {
  const { ink, slant, width } = digitMoments(image(() => false))
  expect([ink[0], slant[0], width[0]]).toEqual([0, 0, 0])
})
