import { expect, test } from 'vitest'
import { figureOf } from './figure.ts'
import { dark, pixelsOf } from './pixels.test.reader.ts'

const square = { width: 100, height: 60, content: '<rect width="100" height="60" fill="#204060"/>' }

test('margin, title and panel lie where the sizes say', async () => {
  const figure = figureOf(square, 'Title')
  expect([figure.width, figure.height]).toEqual([132, 120])
  const pixels = await pixelsOf(figure)
  expect([pixels.width, pixels.height]).toEqual([132, 120])
  expect(pixels.at(15, 60)).toBe('#ffffff')
  expect(pixels.at(16, 44)).toBe('#204060')
  expect(pixels.at(115, 103)).toBe('#204060')
  expect(pixels.at(116, 103)).toBe('#ffffff')
})

test('text is drawn: the title leaves dark pixels, its absence none', async () => {
  const above = [0, 0, 132, 40] as const
  expect((await pixelsOf(figureOf(square, 'Title'))).count(above, dark)).toBeGreaterThan(40)
  expect((await pixelsOf(figureOf({ ...square, height: 90 }))).count([0, 0, 132, 16], dark)).toBe(0)
})

test('scale multiplies the pixels; 2 is the default', async () => {
  const figure = figureOf(square)
  expect((await pixelsOf(figure, 3)).width).toBe(3 * figure.width)
  expect(await figure.png()).toEqual(await figure.png({ scale: 2 }))
})

test('a title wider than the panel widens the figure', () => {
  const title = 'a title that is far longer than the picture under it is wide'
  expect(figureOf(square, title).width).toBeGreaterThan(400)
})

test('markup and control characters in a title stay text', async () => {
  const figure = figureOf(square, 'a < b & "c"\u0000')
  expect(figure.svg).toContain('a &lt; b &amp; &quot;c&quot; ')
  await expect(figure.png()).resolves.toBeInstanceOf(Uint8Array)
})

test.each([0, -1, Number.NaN, 17])('scale %d is refused', async (scale) => {
  await expect(figureOf(square).png({ scale })).rejects.toMatchObject({ code: 'VALUE' })
})
