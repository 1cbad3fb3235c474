import { random } from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutMix, cutOut } from './cut-out.ts'

const [count, channels, height, width] = [30, 2, 7, 5]
/** Every number says which image, channel and place it is of. */
const images = {
  data: Float32Array.from({ length: count * channels * height * width }, (_, i) => i + 1),
  shape: [count, channels, height, width] as const,
}
const area = height * width
const plane = (data: Float32Array, image: number, channel: number) =>
  data.subarray((image * channels + channel) * area, (image * channels + channel + 1) * area)

describe('cutOut', () => {
  it('leaves a square of zeros in each image, the same in all channels, and every other number', () => {
    const { data } = cutOut(images, random(1), { size: 3 })
    const places = new Set<number>()
    for (let image = 0; image < count; image++) {
      const zeros = Array.from(plane(data, image, 0).keys()).filter((i) => plane(data, image, 0)[i] === 0)
      const [top, left] = [Math.floor(zeros[0] / width), zeros[0] % width]
      places.add(zeros[0])
      const square = Array.from({ length: 9 }, (_, i) => (top + Math.floor(i / 3)) * width + left + (i % 3))
      expect(zeros).toEqual(square)
      for (let channel = 0; channel < channels; channel++) {
        for (let i = 0; i < area; i++) {
          expect(plane(data, image, channel)[i]).toBe(zeros.includes(i) ? 0 : plane(images.data, image, channel)[i])
        }
      }
    }
    expect(places.size).toBeGreaterThan(8)
    expect(images.data[0]).toBe(1)
  })

  it('refuses a square that does not fit', () => {
    expect(() => cutOut(images, random(1), { size: 6 })).toThrow('size 6: give at most the shorter side')
    expect(() => cutOut(images, random(1), {} as never)).toThrow('cutOut needs size')
  })
})

describe('cutMix', () => {
  const labels = Array.from({ length: count }, (_, i) => i % 4)

  it('fills one box of each image from another, and shares the label by the area', () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }), (seed, size) => {
        const mixed = cutMix(images, labels, random(seed), { classes: 4, ...(size !== undefined && { size }) })
        expect(mixed.labels.shape).toEqual([count, 4])
        for (let image = 0; image < count; image++) {
          const own = plane(mixed.images.data, image, 1)
          const foreign = Array.from(own.keys()).filter((i) => own[i] !== plane(images.data, image, 1)[i])
          const row = Array.from(mixed.labels.data.subarray(image * 4, image * 4 + 4))
          expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6)
          if (foreign.length === 0) continue
          const source = Math.floor((own[foreign[0]] - 1) / (channels * area))
          for (const i of foreign) expect(own[i]).toBe(plane(images.data, source, 1)[i])
          const share = foreign.length / area
          if (size !== undefined) expect(foreign.length).toBe(size * size)
          const expected = [0, 1, 2, 3].map(
            (c) => (1 - share) * Number(labels[image] === c) + share * Number(labels[source] === c),
          )
          row.forEach((value, c) => expect(value).toBeCloseTo(expected[c], 6))
        }
      }),
      { numRuns: 40 },
    )
  })

  it('refuses labels that are no classes, or too few', () => {
    expect(() => cutMix(images, labels, random(1), { classes: 3 })).toThrow('label 3 of image 3: there are 3 classes')
    expect(() => cutMix(images, [1, 2], random(1), { classes: 4 })).toThrow('2 labels for 30 images')
    expect(() => cutMix(images, labels, random(1), { classes: 4, size: 9 })).toThrow('size 9')
  })
})
