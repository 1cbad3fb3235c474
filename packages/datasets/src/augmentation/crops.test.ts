import { random } from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alternatingFlips, randomCrops, randomFlips, tenCrops } from './crops.ts'
import type { FloatImages } from '../sets/float-images.ts'
import type { ColourShape } from '../sets/image-set.ts'

/** Pixel (i, c, y, x) is 1000 i + 100 c + 10 y + x + 1: it says where it came from, and is never 0. */
const mark = (i: number, c: number, y: number, x: number) => 1000 * i + 100 * c + 10 * y + x + 1
function marked(n: number, channels: number, height: number, width: number): FloatImages<ColourShape> {
  const data = new Float32Array(n * channels * height * width)
  let at = 0
  for (let i = 0; i < n; i++)
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data[at++] = mark(i, c, y, x)
  return { data, shape: [n, channels, height, width] }
}

/** The pixel of (i, c, y, x) by strides. */
const pixel = (
  { data, shape: [, channels, height, width] }: FloatImages<ColourShape>,
  i: number,
  c: number,
  y: number,
  x: number,
) => data[((i * channels + c) * height + y) * width + x]

describe('randomCrops', () => {
  it('cut a window out of the padded image, all channels alike', () => {
    const sizes = fc.record({
      padding: fc.nat(3),
      height: fc.integer({ min: 1, max: 5 }),
      width: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(sizes, fc.nat(), ({ padding, height, width }, seed) => {
        const images = marked(3, 2, 4, 5)
        const size = [Math.min(height, 4), width] as const
        const crops = randomCrops(images, random(seed), { padding, size })
        expect(crops.shape).toEqual([3, 2, ...size])
        const stream = random(seed)
        for (let i = 0; i < 3; i++) {
          const top = stream.integer(0, 4 + 2 * padding - size[0] + 1) - padding
          const left = stream.integer(0, 5 + 2 * padding - size[1] + 1) - padding
          for (let c = 0; c < 2; c++)
            for (let y = 0; y < size[0]; y++)
              for (let x = 0; x < size[1]; x++) {
                const inside = top + y >= 0 && top + y < 4 && left + x >= 0 && left + x < 5
                expect(pixel(crops, i, c, y, x)).toBe(inside ? mark(i, c, top + y, left + x) : 0)
              }
        }
      }),
    )
  })

  it('take every place equally often', () => {
    const { data } = randomCrops(marked(4500, 1, 3, 3), random(1), { padding: 0, size: [1, 1] })
    const counts = new Map<number, number>()
    for (const value of data) counts.set((value - 1) % 100, (counts.get((value - 1) % 100) ?? 0) + 1)
    expect(counts.size).toBe(9)
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0)
    expect(chiSquare).toBeLessThan(26.1) // 8 degrees of freedom: p = 0.001
  })

  it('may lie wholly in the frame, and keep the shape of grey images', () => {
    const grey = { data: Float32Array.of(7), shape: [1, 1, 1] as const }
    const values = Array.from({ length: 60 }, (_, seed) => randomCrops(grey, random(seed), { padding: 1 }).data[0])
    expect(new Set(values)).toEqual(new Set([0, 7]))
    expect(randomCrops(grey, random(0), { padding: 1 }).shape).toEqual([1, 1, 1])
  })

  it.each([
    [{ padding: -1 }, /padding is -1/],
    [{ size: [5, 2] as const }, /size 5×2: give whole numbers from 1 to 4 and 5/],
    [{ size: [0, 2] as const }, /size is \[0, 2\]/],
    [{ size: [1.5, 2] as const }, /size is \[1\.5, 2\]/],
  ])('refuse %j', (options, message) => {
    expect(() => randomCrops(marked(1, 1, 4, 5), random(1), options)).toThrow(message)
  })
})

describe('randomCrops of a reflected frame', () => {
  const mirrorAt = (at: number, length: number): number => (at < 0 ? -at : at >= length ? 2 * (length - 1) - at : at)

  it('cut a window out of the image continued by its reflection, all channels alike', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(), (padding, seed) => {
        const images = marked(3, 2, 4, 5)
        const crops = randomCrops(images, random(seed), { padding, fill: 'reflect' })
        const stream = random(seed)
        for (let i = 0; i < 3; i++) {
          const top = stream.integer(0, 2 * padding + 1) - padding
          const left = stream.integer(0, 2 * padding + 1) - padding
          for (let c = 0; c < 2; c++)
            for (let y = 0; y < 4; y++)
              for (let x = 0; x < 5; x++) {
                const expected = mark(i, c, mirrorAt(top + y, 4), mirrorAt(left + x, 5))
                expect(pixel(crops, i, c, y, x)).toBe(expected)
              }
        }
      }),
    )
  })

  it('reach no further than the image does', () => {
    const images = marked(1, 1, 4, 5)
    expect(() => randomCrops(images, random(1), { padding: 4, fill: 'reflect' })).toThrow('padding 4: an image of 4×5')
    expect(() => randomCrops(images, random(1), { fill: 'reflex' as never })).toThrow(/fill is 'reflex'/)
  })
})

describe('alternatingFlips', () => {
  it('mirror every image in the passes of one parity, by a coin of its own', () => {
    const images = marked(60, 2, 2, 3)
    const { flip, mirrored } = alternatingFlips(60, random(3))
    const all = Array.from({ length: 60 }, (_, i) => i)
    const passes = [0, 1, 2, 3].map((epoch) => flip(images, all, epoch))
    const other = randomFlips(images, random(0), 1)
    const turned = all.map((i) => pixel(passes[0], i, 0, 0, 0) !== mark(i, 0, 0, 0))
    const heads = turned.filter(Boolean).length
    expect(turned).toEqual(all.map((i) => mirrored(i, 0)))
    // the same in one pass with the crops
    const crops = randomCrops(images, random(9), { padding: 1, fill: 'reflect' })
    const both = randomCrops(images, random(9), { padding: 1, fill: 'reflect', mirrored: (i) => mirrored(i, 1) })
    expect(both).toEqual(flip(crops, all, 1))
    // four standard deviations of 60 coins
    expect(Math.abs(heads - 30)).toBeLessThan(4 * Math.sqrt(15))
    for (const [epoch, { data }] of passes.entries()) {
      for (const i of all) {
        const source = turned[i] === (epoch % 2 === 0) ? other : images
        expect(data.subarray(i * 12, i * 12 + 12)).toEqual(source.data.subarray(i * 12, i * 12 + 12))
      }
    }
  })

  it('know an image by its index, whatever the order of a batch', () => {
    const images = marked(6, 1, 1, 2)
    const { flip } = alternatingFlips(6, random(1))
    const whole = flip(images, [0, 1, 2, 3, 4, 5], 0).data
    const order = [4, 0, 5]
    const some = {
      data: Float32Array.from(order.flatMap((i) => [...images.data.subarray(2 * i, 2 * i + 2)])),
      shape: [3, 1, 1, 2] as const,
    }
    expect(Array.from(flip(some, order, 0).data)).toEqual(order.flatMap((i) => [...whole.subarray(2 * i, 2 * i + 2)]))
    expect(() => flip(some, [0, 1], 0)).toThrow('2 indices for 3 images')
    expect(() => flip(some, [0, 1, 6], 0)).toThrow('index 6: there are 6 coins')
    expect(() => alternatingFlips(0, random(1))).toThrow('count is 0')
  })
})

describe('randomFlips', () => {
  it('turn left and right, all channels of an image or none', () => {
    const images = marked(40, 3, 2, 3)
    const flips = randomFlips(images, random(2))
    const turned = Array.from({ length: 40 }, (_, i) => pixel(flips, i, 0, 0, 0) !== mark(i, 0, 0, 0))
    for (let i = 0; i < 40; i++)
      for (let c = 0; c < 3; c++)
        for (let y = 0; y < 2; y++)
          for (let x = 0; x < 3; x++) expect(pixel(flips, i, c, y, x)).toBe(mark(i, c, y, turned[i] ? 2 - x : x))
    expect(new Set(turned).size).toBe(2)
  })

  it('come as often as their probability says, twice are none', () => {
    const images = marked(2000, 1, 1, 2)
    const share = (p: number) =>
      randomFlips(images, random(3), p).data.filter((v, i) => i % 2 === 0 && v % 10 === 2).length / 2000
    expect(share(0)).toBe(0)
    expect(share(1)).toBe(1)
    expect(Math.abs(share(0.3) - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / 2000))
    expect(randomFlips(randomFlips(images, random(1), 1), random(1), 1)).toEqual(images)
    expect(() => randomFlips(images, random(1), 1.1)).toThrow(/probability is 1\.1/)
  })
})

describe('tenCrops', () => {
  it('are the corners, the centre, and their mirror images', () => {
    const crops = tenCrops(marked(2, 2, 5, 6), [3, 2])
    expect(crops.shape).toEqual([20, 2, 3, 2])
    const places = [
      [0, 0],
      [0, 4],
      [2, 0],
      [2, 4],
      [1, 2],
    ]
    for (let k = 0; k < 20; k++) {
      const [top, left] = places[k % 5]
      const mirrored = k % 10 >= 5
      for (let c = 0; c < 2; c++)
        for (let y = 0; y < 3; y++)
          for (let x = 0; x < 2; x++)
            expect(pixel(crops, k, c, y, x)).toBe(mark(k < 10 ? 0 : 1, c, top + y, left + (mirrored ? 1 - x : x)))
    }
  })

  it('of the full size are the image and its mirror image', () => {
    const images = marked(1, 1, 3, 3)
    const { data } = tenCrops(images, [3, 3])
    for (let k = 0; k < 5; k++) expect(data.subarray(9 * k, 9 * k + 9)).toEqual(images.data)
    expect(data.subarray(45, 54)).toEqual(randomFlips(images, random(1), 1).data)
    expect(() => tenCrops(images, [4, 3])).toThrow(/size 4×3/)
  })
})

it('images that fit no shape are refused', () => {
  expect(() => randomFlips({ data: new Float32Array(4), shape: [1, 4] }, random(1))).toThrow(/shape \[1, 4\]: give/)
  expect(() => randomFlips({ data: new Float32Array(4), shape: [1, 1, 1, 2, 2] }, random(1))).toThrow(
    /\[1, 1, 1, 2, 2\]: give/,
  )
  expect(() => randomFlips({ data: new Float32Array(4), shape: [1, 2, 3] }, random(1))).toThrow(/4 values do not fill/)
})
