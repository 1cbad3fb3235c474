import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { changes, jpegLoss, likeness, moved } from './near-copies.ts'

const size = { channels: 3, side: 16 }
/** A smooth picture with a little texture. */
const picture = (seed: number): Uint8Array => {
  const stream = random(seed)
  const [a, b, phase] = [stream.uniform(0.1, 0.5), stream.uniform(0.1, 0.5), stream.uniform(0, 6)]
  return Uint8Array.from(
    { length: 768 },
    (_, i) => 128 + 80 * Math.sin(a * (i % 16) + b * ((i >> 4) % 16) + phase) + 20 * stream.uniform(),
  )
}

it('makes copies that are like their original, and unlike another picture', () => {
  const [one, other] = [picture(1), picture(2)]
  for (const [name, change] of Object.entries(changes)) {
    const copy = change(one, size, random(3))
    expect(copy, name).not.toEqual(one)
    expect(likeness(one, copy, size), name).toBeGreaterThan(0.95)
    expect(likeness(other, copy, size), name).toBeLessThan(0.9)
  }
  expect(likeness(one, one, size)).toBeCloseTo(1, 12)
})

it('finds a picture that moved, pixel for pixel', () => {
  const one = Uint8Array.from({ length: 768 }, () => 0).map((_, i) => random(i).integer(0, 256))
  const away = moved(one, size, random(1))
  expect(away[1]).toBe(one[0])
  expect(likeness(one, away, size)).toBeCloseTo(1, 12)
})

it('loses nothing but rounding at quality 100, and the more the lower the quality', () => {
  const one = picture(1)
  const worst = (quality: number): number =>
    Math.max(...jpegLoss(one, size, quality).map((v, i) => Math.abs(v - one[i])))
  const error = (quality: number): number =>
    jpegLoss(one, size, quality).reduce((sum, v, i) => sum + (v - one[i]) ** 2, 0)
  // every step is 1: coefficients move by up to half, pixels of a block by a few
  expect(worst(100)).toBeLessThanOrEqual(4)
  expect(error(20)).toBeGreaterThan(error(75))
  expect(error(75)).toBeGreaterThan(error(100))
  // a block of one grey is kept but for the rounding of its mean to 16/8 levels
  const flat = new Uint8Array(64).fill(77)
  const kept = jpegLoss(flat, { channels: 1, side: 8 }, 50)
  expect(new Set(kept).size).toBe(1)
  expect(Math.abs(kept[0] - 77)).toBeLessThanOrEqual(1)
})
