import { expect, it } from 'vitest'
import { histogramRows, pixelRows, shrunk } from './representations.ts'

/** Two pictures of 4×4, each colour of one value but for the first row. */
const pictures = {
  data: Uint8Array.from({ length: 96 }, (_, at) => (at % 16 < 4 ? 8 * (at % 4) : 100 * (Math.floor(at / 16) % 3))),
  shape: [2, 3, 4, 4] as const,
}

it('shrinking takes the means of boxes', () => {
  const { data, shape } = shrunk(pictures, 2)
  expect(shape).toEqual([2, 3, 2, 2])
  // (0 + 8 + 100 + 100) / 4, (16 + 24 + 200) / 4, then the rows below
  expect([...data.subarray(4, 8)]).toEqual([52, 60, 100, 100])
  expect(shrunk(pictures, 4).data).toBe(pictures.data)
})

it('histograms are shares of pixels by colour, and know no places', () => {
  const { image, mirror, columns } = histogramRows(pictures, 4)
  expect(columns).toBe(64)
  const own = image.slice(0, 64)
  // the first row is black; all else is 0, 100, 200: boxes 0, 1, 3
  expect(own[0] ** 2).toBeCloseTo(4 / 16, 6)
  expect(own[4 + 3] ** 2).toBeCloseTo(12 / 16, 6)
  expect(own.reduce((sum, root) => sum + root * root, 0)).toBeCloseTo(1, 6)
  expect(mirror).toBe(image)
})

it('pixels of the mirror image are the same from right to left', () => {
  const { image, mirror, columns } = pixelRows(pictures, 4)
  expect(columns).toBe(48)
  for (let row = 0; row < 24; row++)
    expect([...mirror.subarray(4 * row, 4 * row + 4)]).toEqual([...image.subarray(4 * row, 4 * row + 4)].reverse())
})
