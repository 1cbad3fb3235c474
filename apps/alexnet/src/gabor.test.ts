import { random } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { filtersOf } from './filters.ts'
import { type Gabor, fitGabor } from './gabor.ts'

const gabor = ({ centre: [cx, cy], width, frequency, angle }: Gabor, side: number, a = 0.7, b = -0.4) =>
  Float64Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) - (side - 1) / 2 - cx, Math.floor(i / side) - (side - 1) / 2 - cy]
    const phase = frequency * (x * Math.cos(angle) + y * Math.sin(angle))
    return Math.exp(-(x * x + y * y) / (2 * width * width)) * (a * Math.cos(phase) + b * Math.sin(phase))
  })

const truths: readonly Gabor[] = [
  { centre: [0, 0], width: 2, frequency: 1.3, angle: 0.4 },
  { centre: [0.8, -0.6], width: 1.6, frequency: 1.9, angle: 2.2 },
  { centre: [-1, 0.5], width: 2.5, frequency: 0.9, angle: 1.6 },
]

describe('the nearest Gabor function', () => {
  it.each(truths)('is found again from its values, 11×11: %o', (truth) => {
    const fit = fitGabor({ data: gabor(truth, 11), shape: [11, 11] })
    expect(fit.r2).toBeGreaterThan(0.9999)
    // the search ends at steps of 1e-3 of its first
    expect(fit.frequency).toBeCloseTo(truth.frequency, 1)
    expect(fit.angle).toBeCloseTo(truth.angle, 1)
    expect(fit.width).toBeCloseTo(truth.width, 1)
  })

  it('explains little of noise', () => {
    const noise = random(1).fillNormal(new Float64Array(121))
    expect(fitGabor({ data: noise, shape: [11, 11] }).r2).toBeLessThan(0.5)
  })

  it('says of a Gaussian that it is no wave', () => {
    const fit = fitGabor({
      data: gabor({ centre: [0, 0], width: 1.2, frequency: 0, angle: 0 }, 5, 1, 0),
      shape: [5, 5],
    })
    expect(fit.r2).toBeGreaterThan(0.99)
    expect(fit.octaves).toBeNull()
  })
})

describe('a filter', () => {
  it('is split into its strongest colour and the pattern in it', () => {
    const pattern = gabor(truths[0], 5)
    const colour = [0.8, -0.6, 0]
    const data = Float64Array.from({ length: 75 }, (_, i) => colour[Math.floor(i / 25)] * pattern[i % 25])
    const [filter] = filtersOf({ data, shape: [1, 3, 5, 5] }, 1)
    expect(filter.share).toBeCloseTo(1, 10)
    colour.forEach((v, c) => expect(filter.colour[c]).toBeCloseTo(v, 10))
    expect(filter.greyness).toBeCloseTo(0.04 / 3, 10)
    pattern.forEach((v, i) => expect(filter.pattern.data[i]).toBeCloseTo(v, 10))
    expect(filter.pixels.subarray(36, 39)).toEqual(Float32Array.from(colour, (c) => c * pattern[12]))
    expect(filter.fit.r2).toBeGreaterThan(0.999)
    expect(filter.shuffledR2).toBeLessThan(filter.fit.r2)
  })
})
