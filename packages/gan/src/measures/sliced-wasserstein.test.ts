import { type ShapedArray, ShapeError, ValueError, random } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { expanded, laplacianPyramid, reduced } from './laplacian-pyramid.ts'
import { directionsOf, patchesOf, slicedWasserstein } from './sliced-wasserstein.ts'

const noise = (seed: number | string, shape: readonly number[]): ShapedArray<Float32Array> => ({
  data: random(seed).fillNormal(new Float32Array(shape.reduce((n, s) => n * s, 1))) as Float32Array,
  shape,
})

describe('the Laplacian pyramid', () => {
  it('adds up to the image', () => {
    const image = noise(1, [2, 3, 32, 32])
    const levels = laplacianPyramid(image, 8)
    expect(levels.map(({ side }) => side)).toEqual([32, 16, 8])
    const again = levels.reduceRight((coarse, own) => {
      const known = expanded(coarse, 6)
      return { side: own.side, data: own.data.map((v, i) => v + known.data[i]) }
    })
    again.data.forEach((v, i) => expect(Math.abs(v - image.data[i])).toBeLessThan(1e-5))
  })

  it('smooths as the plain double sum over a mirrored plane does', () => {
    const { data } = noise(2, [1, 1, 8, 8])
    const taps = [1, 4, 6, 4, 1]
    const mirror = (i: number): number => (i < 0 ? -i : i > 7 ? 14 - i : i)
    const half = reduced({ side: 8, data }, 1)
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 4; x++) {
        let sum = 0
        for (let i = 0; i < 5; i++)
          for (let j = 0; j < 5; j++)
            sum += (taps[i] * taps[j] * data[mirror(2 * y + i - 2) * 8 + mirror(2 * x + j - 2)]) / 256
        expect(half.data[4 * y + x]).toBeCloseTo(sum, 5)
      }
  })

  it('has no details where images are constant', () => {
    const flat = { data: new Float32Array(256).fill(0.7), shape: [1, 1, 16, 16] }
    const [details, rest] = laplacianPyramid(flat, 8)
    expect(Math.max(...details.data.map(Math.abs))).toBeLessThan(1e-6)
    expect(rest.data[9]).toBeCloseTo(0.7, 6)
  })
})

/** All orders of 0 … n − 1. */
const orders = (n: number): number[][] =>
  n === 0 ? [[]] : orders(n - 1).flatMap((rest) => Array.from({ length: n }, (_, at) => rest.toSpliced(at, 0, n - 1)))

describe('slicedWasserstein', () => {
  it('is the least mean cost over all assignments along each direction', async () => {
    const [a, b] = [noise(1, [5, 2, 4, 4]), noise(2, [5, 2, 4, 4])]
    const options = { patches: 1, size: 4, coarsest: 4, directions: 6, seed: 3 }
    // images as large as a patch: there is one place only
    const stream = random(3)
    const [p, q] = [a, b].map(({ data }) => patchesOf({ side: 4, data }, 5, 2, 1, 4, stream))
    const axes = directionsOf(6, 32, stream)
    let sum = 0
    for (let d = 0; d < 6; d++) {
      const along = (set: Float32Array, i: number): number =>
        Array.from({ length: 32 }, (_, k) => set[32 * i + k] * axes[32 * d + k]).reduce((s, v) => s + v, 0)
      const costs = orders(5).map((order) => order.reduce((s, j, i) => s + Math.abs(along(p, i) - along(q, j)), 0) / 5)
      sum += Math.min(...costs)
    }
    const { levels, mean } = await slicedWasserstein(a, b, options)
    expect(levels).toHaveLength(1)
    expect(mean).toBeCloseTo((1000 * sum) / 6, 2)
  })

  it('brings each channel to mean 0 and deviation 1', () => {
    const shifted = noise(1, [20, 2, 8, 8])
    shifted.data.forEach((v, i) => (shifted.data[i] = 5 + 3 * v + (Math.floor(i / 64) % 2)))
    const patches = patchesOf({ side: 8, data: shifted.data }, 20, 2, 4, 3, random(1))
    for (const c of [0, 1]) {
      const own = patches.filter((_, i) => Math.floor(i / 9) % 2 === c)
      const mean = own.reduce((s, v) => s + v, 0) / own.length
      expect(mean).toBeCloseTo(0, 4)
      expect(own.reduce((s, v) => s + (v - mean) ** 2, 0) / own.length).toBeCloseTo(1, 4)
    }
  })

  it('is small between sets of one law, smaller of more images, and large for another law', async () => {
    const few = { patches: 8, directions: 32, coarsest: 8, seed: 1 }
    const floor = await slicedWasserstein(noise(1, [60, 1, 16, 16]), noise(2, [60, 1, 16, 16]), few)
    const smaller = await slicedWasserstein(noise(1, [10, 1, 16, 16]), noise(2, [10, 1, 16, 16]), few)
    // blocks of 4×4 equal pixels have the same deviation and another shape
    const blocks = noise(4, [60, 1, 16, 16])
    blocks.data.forEach((_, i) => (blocks.data[i] = blocks.data[i - (i % 4) - 16 * (Math.floor(i / 16) % 4)]))
    const far = await slicedWasserstein(noise(1, [60, 1, 16, 16]), blocks, few)
    expect(floor.levels.map(({ side }) => side)).toEqual([16, 8])
    expect(floor.mean).toBeLessThan(smaller.mean)
    expect(far.levels[0].distance).toBeGreaterThan(1.4 * floor.levels[0].distance)
    expect((await slicedWasserstein(noise(1, [60, 1, 16, 16]), noise(2, [60, 1, 16, 16]), few)).mean).toBe(floor.mean)
  })

  it('refuses sets of two sizes, images that are not square, and sides that are not halved', async () => {
    const a = noise(1, [2, 1, 16, 16])
    await expect(slicedWasserstein(a, noise(1, [3, 1, 16, 16]))).rejects.toThrow(ShapeError)
    await expect(slicedWasserstein(noise(1, [2, 1, 16, 8]), noise(1, [2, 1, 16, 8]))).rejects.toThrow(ShapeError)
    await expect(slicedWasserstein(a, a, { coarsest: 12 })).rejects.toThrow(ValueError)
    await expect(slicedWasserstein(a, a, { coarsest: 4 })).rejects.toThrow(/patches of 7/)
    await expect(slicedWasserstein({ ...a, data: a.data.fill(NaN) }, a)).rejects.toThrow(ValueError)
  })
})
