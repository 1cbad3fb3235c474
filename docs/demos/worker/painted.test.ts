import { expect, test } from 'vitest'
import { mosaic, painted } from './painted.ts'

test('a plane in grey runs from black to white', () => {
  const { data, width, height } = painted({ data: [0, 5, 10, 10], shape: [2, 2] }, 'gray')
  expect([width, height]).toEqual([2, 2])
  expect([...data]).toEqual([0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255, 255, 255, 255, 255])
})

test('planes of a mosaic lie row by row, with clear pixels between them, each by its own range if asked', () => {
  const planes = [0, 1, 2].map((v) => ({ data: [v, v + 1], shape: [1, 2] }))
  const { data, width, height } = mosaic(planes, 2, { map: 'gray', range: 'each', gap: 1 })
  expect([width, height]).toEqual([5, 3])
  const at = (row: number, column: number): number[] => {
    const start = 4 * (row * 5 + column)
    return Array.from(data.subarray(start, start + 4))
  }
  expect(at(0, 0)).toEqual([0, 0, 0, 255])
  expect(at(0, 4)).toEqual([255, 255, 255, 255])
  expect(at(0, 2)).toEqual([0, 0, 0, 0])
  expect(at(2, 1)).toEqual([255, 255, 255, 255])
  expect(at(2, 3)).toEqual([0, 0, 0, 0])
})

test('numbers beyond the range have the colour of its ends', () => {
  const { data } = painted({ data: [-9, 9], shape: [1, 2] }, 'gray', [0, 1])
  expect([data[0], data[4]]).toEqual([0, 255])
})
