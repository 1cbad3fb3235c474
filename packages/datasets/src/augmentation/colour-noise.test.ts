import { random } from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { channelStatistics, normaliseChannels } from './channels.ts'
import { addColourNoise } from './colour-noise.ts'
import { toFloat32, type FloatImages } from '../sets/float-images.ts'
import type { ColourShape } from '../sets/image-set.ts'

/** Images whose channels hang together: z₀, z₀ + z₁, 3 + 0.5 z₂ with z white. */
function coloured(n: number, side: number, seed: number): FloatImages<ColourShape> {
  const z = random(seed).fillNormal(new Float64Array(n * 3 * side * side))
  const area = side * side
  const data = Float32Array.from(z, (value, i) => {
    const channel = Math.floor(i / area) % 3
    return channel === 0 ? value : channel === 1 ? z[i - area] + value : 3 + 0.5 * value
  })
  return { data, shape: [n, 3, side, side] }
}

describe('channelStatistics', () => {
  it('are mean and deviation of each channel', () => {
    const images = { data: Float32Array.of(1, 3, 10, 10, 5, 7, 10, 14), shape: [2, 2, 1, 2] as const }
    const { mean, deviation } = channelStatistics(images)
    expect([...mean]).toEqual([4, 11])
    expect(deviation[0]).toBeCloseTo(Math.sqrt(5), 14)
    expect(deviation[1]).toBeCloseTo(Math.sqrt(3), 14)
  })

  it('of bytes are those of the floats they become', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (data) => {
        const bytes = { data, shape: [2, 3, 1, 2] as const }
        const [fromBytes, fromFloats] = [channelStatistics(bytes), channelStatistics(toFloat32(bytes))]
        for (let c = 0; c < 3; c++) {
          // floats carry a relative rounding of 2^-24
          expect(Math.abs(fromBytes.mean[c] - fromFloats.mean[c])).toBeLessThan(1e-7)
          expect(Math.abs(fromBytes.deviation[c] - fromFloats.deviation[c])).toBeLessThan(1e-7)
        }
      }),
    )
  })

  it('bring their own set to mean 0 and deviation 1', () => {
    const images = coloured(20, 5, 1)
    const { mean, deviation } = channelStatistics(normaliseChannels(images, channelStatistics(images)))
    for (let c = 0; c < 3; c++) {
      expect(Math.abs(mean[c])).toBeLessThan(1e-6)
      expect(Math.abs(deviation[c] - 1)).toBeLessThan(1e-6)
    }
  })

  it('applied to other images are the formula; a constant channel only loses its mean', () => {
    const statistics = { mean: Float64Array.of(2, 5), deviation: Float64Array.of(4, 0) }
    const own = { data: Float32Array.of(10, 6), shape: [1, 2, 1, 1] as const }
    expect(normaliseChannels(own, statistics, { inPlace: true })).toEqual(
      normaliseChannels({ ...own, data: Float32Array.of(10, 6) }, statistics),
    )
    expect(own.data[0]).not.toBe(10)
    const { data } = normaliseChannels({ data: Float32Array.of(10, 6), shape: [1, 2, 1, 1] }, statistics)
    expect([...data]).toEqual([2, 1])
    expect(() => normaliseChannels({ data: new Float32Array(3), shape: [1, 3, 1, 1] }, statistics)).toThrow(
      /2 channels .* of 3/,
    )
    expect(() => channelStatistics({ data: new Float32Array(0), shape: [0, 3, 2, 2] })).toThrow(/no images/)
  })
})

it('covariance is the average of products of deviations', () => {
  const images = coloured(200, 10, 2)
  const { covariance } = channelStatistics(images)
  // of the construction: var z = 1, 2, 0.25, cov(0, 1) = 1; 20,000 pixels, so four standard errors are at most
  // 4·√(8/20,000)
  const expected = [1, 1, 0, 1, 2, 0, 0, 0, 0.25]
  for (let i = 0; i < 9; i++) expect(Math.abs(covariance[i] - expected[i])).toBeLessThan(0.08)
})

describe('addColourNoise', () => {
  it('shifts whole images, with the covariance Σ deviation² λᵢ² pᵢ pᵢᵀ', () => {
    // λ = 4, 1, 0.25 with p = (1, 1, 0)/√2, (1, −1, 0)/√2, (0, 0, 1)
    const covariance = Float64Array.of(2.5, 1.5, 0, 1.5, 2.5, 0, 0, 0, 0.25)
    const [values, vectors] = [[4, 1, 0.25], [[1, 1, 0], [1, -1, 0], [0, 0, Math.SQRT2]]] // prettier-ignore
    const draws = 20_000
    const blank = { data: new Float32Array(draws * 3 * 2), shape: [draws, 3, 1, 2] as const }
    const { data } = addColourNoise(blank, { covariance }, random(4))
    for (let plane = 0; plane < draws * 3; plane++) expect(data[2 * plane]).toBe(data[2 * plane + 1])
    const found = channelStatistics({ data, shape: blank.shape })
    const expected = (a: number, b: number) =>
      vectors.reduce((sum, p, i) => sum + (0.01 * values[i] ** 2 * p[a] * p[b]) / 2, 0)
    for (let a = 0; a < 3; a++) {
      expect(Math.abs(found.mean[a])).toBeLessThan(4 * Math.sqrt(expected(a, a) / draws))
      for (let b = 0; b < 3; b++) {
        // four standard errors of a sample covariance of normal numbers
        const error = Math.sqrt((expected(a, a) * expected(b, b) + expected(a, b) ** 2) / draws)
        expect(Math.abs(found.covariance[a * 3 + b] - expected(a, b))).toBeLessThan(4 * error)
      }
    }
  })

  it('adds to the image, the same for a seed, nothing at deviation 0', () => {
    const images = coloured(3, 4, 5)
    const statistics = channelStatistics(images)
    expect(addColourNoise(images, statistics, random(1), 0)).toEqual(images)
    const once = addColourNoise(images, statistics, random(1))
    expect(once).toEqual(addColourNoise(images, statistics, random(1)))
    expect(once).not.toEqual(addColourNoise(images, statistics, random(2)))
    const shifts = once.data.map((value, i) => value - images.data[i])
    for (let i = 0; i < 16; i++) expect(Math.abs(shifts[i] - shifts[0])).toBeLessThan(1e-6) // rounding to 24 bits
  })

  it('refuses statistics of other channels, and a deviation below 0', () => {
    const images = coloured(1, 2, 6)
    expect(() =>
      addColourNoise({ data: new Float32Array(4), shape: [1, 2, 2] }, channelStatistics(images), random(1)),
    ).toThrow(/covariance of 3 channels for images of 1/)
    expect(() => addColourNoise(images, channelStatistics(images), random(1), -1)).toThrow(/deviation is -1/)
  })
})
