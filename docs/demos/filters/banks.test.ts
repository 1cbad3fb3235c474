import { describe, expect, test } from 'vitest'
import { bank1d } from './bank-1d.ts'
import { type Bank2dAsked, bank2d } from './bank-2d.ts'

const usual: Bank2dAsked = {
  scales: 3,
  orientations: 4,
  xi: (3 * Math.PI) / 4,
  sigma: 0.8,
  slant: 1,
  tight: false,
  chosen: [1, 1],
}

describe('a bank of images', () => {
  test('has the bounds of A, which its sliders change', () => {
    // @scatterlab/wavelets states 1.014 and 0.348 for L = 8 and slant ½
    const { lower, upper, wavelets } = bank2d({ ...usual, orientations: 8, slant: 0.5 })
    expect(upper).toBeCloseTo(1.014, 3)
    expect(lower).toBeCloseTo(0.348, 3)
    expect(wavelets).toBe(24)
    expect(bank2d({ ...usual, xi: 1 }).lower).toBeLessThan(0.1)
  })

  test('divided by √max A has 1 as its upper bound', () => {
    const { upper, profile } = bank2d({ ...usual, tight: true })
    expect(upper).toBeCloseTo(1, 9)
    expect(Math.max(...profile.sum)).toBeLessThanOrEqual(1 + 1e-9)
    expect(profile.frequency.at(-1)).toBeCloseTo(Math.PI, 12)
  })

  test('shows the chosen wavelet, or the last one there is', () => {
    // the wave of orientation 0 of 4 stands at 45°, those after it turn clockwise
    expect(bank2d({ ...usual, chosen: [2, 0] }).about.angle).toBeCloseTo(135, 9)
    expect(bank2d({ ...usual, chosen: [2, 1] }).about.angle).toBeCloseTo(90, 9)
    expect(bank2d({ ...usual, chosen: [2, 1] }).about.frequency).toBeCloseTo(3 / 8 / 4, 12)
    expect(bank2d({ ...usual, chosen: [9, 9] }).about).toEqual(bank2d({ ...usual, chosen: [2, 3] }).about)
  })
})

describe('a bank of signals', () => {
  test('has the chosen wavelet in time, both parts under their modulus', () => {
    const { time, wavelets, about } = bank1d({ scales: 4, waveletsPerOctave: 4, tight: false, chosen: 3 })
    const [re, im, modulus] = time
    modulus.y.forEach((v, i) => expect(v * v).toBeCloseTo(re.y[i] ** 2 + im.y[i] ** 2, 12))
    expect(modulus.y.indexOf(Math.max(...modulus.y))).toBe(about.reach)
    expect(wavelets).toBeGreaterThan(4 * 3)
  })

  test('divided by √max A has 1 as its largest A', () => {
    const { sum, lower, upper } = bank1d({ scales: 4, waveletsPerOctave: 2, tight: true, chosen: 0 })
    expect(Math.max(...sum.y)).toBeLessThanOrEqual(1 + 1e-9)
    expect(upper).toBeCloseTo(1, 6)
    expect(lower).toBeGreaterThan(0)
  })
})
