import { expect, it } from 'vitest'
import { schemes } from './axis-transforms.ts'
import { axisPart, axisPoints, axisTiles, outputsBefore, tileCount, tilesByClass, tilesByPoint } from './tiling.ts'

const F43 = schemes['F(4,3)']

it('covers every length by the fewest tiles, with next to nothing beyond', () => {
  for (const scheme of Object.values(schemes)) {
    const side = scheme.outputs
    for (let length = 1; length <= 70; length++) {
      const tiles = axisTiles(length, scheme)
      expect(tileCount(tiles)).toBe(Math.ceil(length / side))
      expect(tiles.covered).toBeGreaterThanOrEqual(length)
      expect(tiles.covered - length).toBeLessThanOrEqual(length < side - 1 || (side === 4 && length === 5) ? 2 : 0)
      expect(outputsBefore(tiles, tileCount(tiles))).toBe(tiles.covered)
    }
  }
})

it('needs as many products along an axis as the facts say: 15 of 4, 4, 4, 3 outputs, 7 of 4, 3', () => {
  expect([15, 7, 14, 3].map((length) => axisPoints(axisTiles(length, F43)))).toEqual([23, 11, 22, 5])
})

it('gives every output to one tile, and every point the tiles that have it', () => {
  const [y, x] = [axisTiles(13, F43), axisTiles(6, F43)]
  const classes = tilesByClass(2, y, x)
  const seen = new Map<string, number>()
  for (const { height, width, places } of classes)
    for (const [n, top, left] of places)
      for (let i = 0; i < height; i++)
        for (let j = 0; j < width; j++) {
          const key = `${n},${top + i},${left + j}`
          seen.set(key, (seen.get(key) ?? 0) + 1)
        }
  expect(seen.size).toBe(2 * 13 * 6)
  expect(new Set(seen.values())).toEqual(new Set([1]))
  const order = classes.flatMap(({ height, width, places }) => places.map(() => [height, width] as const))
  const having = Array.from({ length: 36 }, () => new Set<number>())
  for (const { point, first, count } of tilesByPoint(classes, F43))
    for (let tile = first; tile < first + count; tile++) having[point]!.add(tile)
  for (const [point, tiles] of having.entries()) {
    const [i, j] = [Math.floor(point / 6), point % 6]
    expect([...tiles]).toEqual(order.flatMap(([h, w], tile) => (i < h + 2 && j < w + 2 ? [tile] : [])))
  }
})

it('cuts an axis into parts', () => {
  const axis = axisTiles(30, F43)
  const parts = [0, 3, 6].map((first) => axisPart(axis, first, 3))
  expect(parts.map(({ larger, smaller }) => [larger, smaller])).toEqual([
    [3, 0],
    [3, 0],
    [0, 2],
  ])
  expect(parts.reduce((sum, { covered }) => sum + covered, 0)).toBe(30)
})
