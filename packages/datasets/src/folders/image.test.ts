import { expect, test } from 'vitest'
import { isImageName, readImageBytes } from './image.ts'

const ppm = (text: string): Uint8Array => new TextEncoder().encode(text)
const picture = ppm('P3 2 1 255 255 0 0 10 20 30')

test('an image has the size that it has, or the one that is asked for', async () => {
  const { data, shape } = await readImageBytes(picture)
  expect(shape).toEqual([3, 1, 2])
  expect([...data]).toEqual([255, 10, 0, 20, 0, 30])
  expect((await readImageBytes(picture, 'a.ppm', { size: 4 })).shape).toEqual([3, 4, 4])
})

test('grey is luma by ITU-R BT.601', async () => {
  const { data, shape } = await readImageBytes(picture, 'a.ppm', { colour: 'grey' })
  expect(shape).toEqual([1, 1, 2])
  expect([...data]).toEqual([Math.round(0.299 * 255), Math.round(0.299 * 10 + 0.587 * 20 + 0.114 * 30)])
})

test('what is no image, and what is too large, is an error that names it', async () => {
  await expect(readImageBytes(ppm(''), 'none.jpg')).rejects.toMatchObject({ code: 'EMPTY', file: 'none.jpg' })
  await expect(readImageBytes(ppm('text'), 'a.jpg')).rejects.toMatchObject({ code: 'CORRUPT' })
  await expect(readImageBytes(ppm('P5 9999 9999 255 '), 'b.pgm', { maxPixels: 1000 })).rejects.toThrow(
    /b\.pgm.*maxPixels/,
  )
  expect(['a.JPG', 'b.png', 'c.txt', 'd'].map(isImageName)).toEqual([true, true, false, false])
})
