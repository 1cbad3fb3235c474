import { expect, test } from 'vitest'
import { imageGrid } from './image-grid.ts'
import { dark, hashOf, pixelsOf } from './pixels.test.reader.ts'

// 2×2 images in a row of two, 20 pixels a side, 16 of margin and 10 between
const first = { data: Uint8Array.of(0, 85, 170, 255), shape: [2, 2] }
const second = { data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30), shape: [2, 2, 3] }

test('grey and colour tiles show exactly the numbers given', async () => {
  const pixels = await pixelsOf(imageGrid({ images: [first, second], scale: 10 }))
  expect([pixels.at(16, 16), pixels.at(35, 16), pixels.at(16, 35), pixels.at(35, 35)]).toEqual([
    '#000000',
    '#555555',
    '#aaaaaa',
    '#ffffff',
  ])
  expect([pixels.at(46, 16), pixels.at(65, 25), pixels.at(46, 26), pixels.at(65, 35)]).toEqual([
    '#ff0000',
    '#00ff00',
    '#0000ff',
    '#0a141e',
  ])
  expect([pixels.width, pixels.height]).toEqual([82, 52])
})

test('at scale 2 no pixel is mixed from two', async () => {
  const pixels = await pixelsOf(imageGrid({ images: [first], scale: 10 }), 2)
  const known = [0, 85, 170, 255]
  expect(pixels.count([32, 32, 40, 40], ([grey]) => known.includes(grey!))).toBe(1600)
})

test('a batch is its images', () => {
  const data = Float32Array.from({ length: 18 }, (_, i) => i)
  const list = [0, 1].map((i) => ({ data: data.slice(9 * i, 9 * i + 9), shape: [3, 3] }))
  expect(imageGrid({ images: { data, shape: [2, 3, 3] } }).svg).toBe(imageGrid({ images: list }).svg)
  expect(imageGrid({ images: { data: Array.from(data), shape: [2, 3, 3] } }).svg).toBe(imageGrid({ images: list }).svg)
})

test('the range: shared, each image its own, or given', async () => {
  const images = [
    { data: [0, 1], shape: [1, 2] },
    { data: [0, 4], shape: [1, 2] },
  ]
  const right = async (range: 'shared' | 'each' | [number, number]): Promise<string[]> => {
    const pixels = await pixelsOf(imageGrid({ images, scale: 10, range }))
    return [pixels.at(30, 20), pixels.at(60, 20)]
  }
  expect(await right('shared')).toEqual(['#404040', '#ffffff'])
  expect(await right('each')).toEqual(['#ffffff', '#ffffff'])
  expect(await right([0, 2])).toEqual(['#808080', '#ffffff'])
})

test('captions are drawn under their tiles and make room for themselves', async () => {
  const plain = imageGrid({ images: [first, first], scale: 20 })
  const grid = imageGrid({ images: [first, first], scale: 20, captions: ['7 → 2', ''] })
  expect(grid.height).toBe(plain.height + 19)
  const pixels = await pixelsOf(grid)
  const under = (left: number): number => pixels.count([left, 58, 40, 16], dark)
  expect(under(16)).toBeGreaterThan(15)
  expect(under(66)).toBe(0)
  const long = imageGrid({ images: [first, first], scale: 20, captions: ['a caption wider than the tile', ''] })
  expect(long.width).toBeGreaterThan(grid.width + 200)
})

test('the same bytes as ever', () => {
  const grid = imageGrid({ images: [first, second, first], columns: 2, captions: ['a', 'b', 'c'], title: 'Grid' })
  expect(hashOf(grid)).toBe('2ac66a891b8c')
})

test.each([
  [{ images: [] }, 'EMPTY', /images is empty/],
  [{ images: { data: [], shape: [0, 2, 2] } }, 'EMPTY', /images is empty/],
  [{ images: [first], captions: ['a', 'b'] }, 'LENGTH_MISMATCH', /captions has 2 texts for 1 images/],
  [
    { images: [{ data: [1, 2, 3], shape: [2, 2] }] },
    'SHAPE_MISMATCH',
    /images\[0\]: shape \[2, 2\] holds 4 numbers but data has 3/,
  ],
  [{ images: [{ data: [1, 2], shape: [2] }] }, 'SHAPE_MISMATCH', /give \[height, width\]/],
  [{ images: { data: [1, 2], shape: [1, 2] } }, 'SHAPE_MISMATCH', /is no batch/],
  [{ images: [{ data: [1, Number.NaN], shape: [1, 2] }] }, 'NON_FINITE', /number 1 is NaN/],
  [{ images: [first], columns: 1.5 }, 'VALUE', /columns is 1.5/],
  [{ images: [first], scale: 0 }, 'VALUE', /scale is 0/],
  [{ images: [first], range: [1, 1] as [number, number] }, 'VALUE', /range is \[1, 1\]/],
])('bad input %#: %s', (options, code, message) => {
  expect(() => imageGrid(options)).toThrow(
    expect.objectContaining({
      name: code === 'VALUE' ? 'ValueError' : 'FigureError',
      code,
      message: expect.stringMatching(message),
    }),
  )
})
