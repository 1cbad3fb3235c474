import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { meanImage, subtractMean } from './mean-image.ts'
import { toFloat32 } from '../sets/float-images.ts'

const bytes = Uint8Array.from({ length: 5 * 12 }, () => 0)
const stream = random(1)
bytes.forEach((_, i) => (bytes[i] = stream.integer(0, 256)))
const images = { data: bytes, shape: [5, 3, 2, 2] as const }

it('is the mean over the images, value by value', () => {
  const expected = Array.from(
    { length: 12 },
    (_, i) => [0, 1, 2, 3, 4].reduce((sum, n) => sum + bytes[n * 12 + i], 0) / 5,
  )
  expect(meanImage(images, { scale: 1 })).toEqual(Float64Array.from(expected))
  expect(meanImage(images)[7]).toBeCloseTo(expected[7] / 255, 15)
})

it('leaves images of mean 0, in place', () => {
  const floats = toFloat32(images)
  expect(subtractMean(floats, meanImage(images))).toBe(floats)
  for (let i = 0; i < 12; i++) {
    const sum = [0, 1, 2, 3, 4].reduce((sum, n) => sum + floats.data[n * 12 + i], 0)
    // five numbers of single precision below 1
    expect(Math.abs(sum)).toBeLessThan(5 * 2 ** -24)
  }
})

it('refuses what has no mean, and a mean of other images', () => {
  expect(() => meanImage({ data: new Uint8Array(), shape: [0, 3, 2, 2] })).toThrow('the mean of no images')
  expect(() => meanImage(images, { scale: NaN })).toThrow('scale is NaN')
  expect(() => subtractMean(toFloat32(images), new Float64Array(4))).toThrow('a mean of 4 values for images of 12')
})
