import { expect, test } from 'vitest'
import { heatMap } from './heat-map.ts'
import { dark, hashOf, pixelsOf } from './pixels.test.reader.ts'

const map = { data: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3] }

test('each number has its colour, row 0 at the top', async () => {
  const pixels = await pixelsOf(heatMap({ ...map, scale: 40, colormap: 'gray' }))
  const cells = [0, 1].flatMap((row) => [0, 1, 2].map((column) => pixels.at(36 + 40 * column, 36 + 40 * row)))
  expect(cells).toEqual(['#000000', '#333333', '#666666', '#999999', '#cccccc', '#ffffff'])
})

test('the colour bar runs from the least at the bottom to the greatest at the top', async () => {
  const pixels = await pixelsOf(heatMap({ ...map, scale: 128, colormap: 'gray' }))
  const x = 16 + 3 * 128 + 12 + 6
  // 256 rows through 256 greys: half a step from the ends
  expect([pixels.at(x, 16), pixels.at(x, 16 + 255)]).toEqual(['#ffffff', '#000000'])
  expect(pixels.at(x, 16 + 128)).toBe('#7f7f7f')
  expect(pixels.count([x + 10, 16, 30, 256], dark)).toBeGreaterThan(30)
})

test('diverging maps put 0 at white', async () => {
  const pixels = await pixelsOf(heatMap({ data: [-1, 0, 4], shape: [1, 3], scale: 60, colormap: 'diverging' }))
  expect(pixels.at(16 + 90, 40)).toBe('#ffffff')
  expect(pixels.at(16 + 150, 40)).toBe('#67001f')
  expect(pixels.at(16 + 30, 40)).toBe('#c1ddec')
})

test('origin corner moves index 0 to the middle, for odd and even sizes', async () => {
  const pixels = await pixelsOf(
    heatMap({ data: [1, ...Array<number>(11).fill(0)], shape: [3, 4], scale: 30, colormap: 'gray', origin: 'corner' }),
  )
  const white = [0, 1, 2].flatMap((row) =>
    [0, 1, 2, 3]
      .filter((column) => pixels.at(31 + 30 * column, 31 + 30 * row) === '#ffffff')
      .map((column) => [row, column]),
  )
  expect(white).toEqual([[1, 2]])
})

test('labels and ticks of the axes are drawn', async () => {
  const plain = heatMap({ ...map, scale: 40 })
  const axes = heatMap({ ...map, scale: 40, x: { label: 'ω₁', extent: [-3, 3] }, y: { label: 'ω₂' }, label: 'A(ω)' })
  expect(axes.height - plain.height).toBe(18 + 20 + 18)
  expect(axes.width - plain.width).toBe(20)
  for (const text of ['>−2<', '>2<', 'ω₁', 'ω₂', 'A(ω)']) expect(axes.svg).toContain(text)
})

test('the same bytes as ever', () => {
  expect(hashOf(heatMap({ ...map, title: 'Map', x: { extent: [0, 1] } }))).toBe('45ea6d8689cc')
})

test.each([
  [{ data: [1], shape: [2, 2] }, 'SHAPE_MISMATCH'],
  [{ data: [Number.NaN], shape: [1, 1] }, 'NON_FINITE'],
  [{ ...map, range: [3, 1] as const }, 'VALUE'],
  [{ ...map, scale: 0.5 }, 'VALUE'],
  [{ ...map, x: { extent: [1, 0] as const } }, 'VALUE'],
  [{ ...map, colormap: 'jet' as 'gray' }, 'VALUE'],
])('bad input %#', (bad, code) => {
  expect(() => heatMap(bad)).toThrow(
    expect.objectContaining({ name: code === 'VALUE' ? 'ValueError' : 'FigureError', code }),
  )
})
