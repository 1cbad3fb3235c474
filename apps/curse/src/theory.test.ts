import { describe, expect, it } from 'vitest'
import {
  logBallVolume,
  logPointsToCover,
  nearestDistance,
  nearestDistanceWrapped,
  relativeDeviation,
} from './theory.ts'

it('knows the volumes of balls', () => {
  const volumes = [2, Math.PI, (4 / 3) * Math.PI, Math.PI ** 2 / 2, (8 / 15) * Math.PI ** 2]
  volumes.forEach((volume, i) => expect(Math.exp(logBallVolume(i + 1))).toBeCloseTo(volume, 12))
})

it('gives the numbers that were computed elsewhere', () => {
  expect(nearestDistance(1e3, 2)).toBeCloseTo(0.0158, 4)
  expect(nearestDistance(1e3, 10)).toBeCloseTo(0.434, 3)
  expect(nearestDistance(1e3, 100)).toBeCloseTo(2.311, 3)
  expect(nearestDistance(6e4, 784)).toBeCloseTo(6.709, 3)
  expect(logPointsToCover(100, 0.1)).toBeCloseTo(139.6, 1)
  // an exponential law in one dimension, Rayleigh's in two
  expect(relativeDeviation(1)).toBeCloseTo(1, 12)
  expect(relativeDeviation(2)).toBeCloseTo(Math.sqrt(4 / Math.PI - 1), 12)
})

describe('balls that wrap', () => {
  it('change nothing while they are small', () => {
    for (const d of [1, 2, 5]) expect(nearestDistanceWrapped(1e4, d)).toBe(nearestDistance(1e4, d))
  })

  it('agree with one point alone: the mean distance of two points of the torus', () => {
    // one dimension: ¼; two: ∫∫ of the distance over a square of half a side = (√2 + log(1 + √2))/6
    expect(nearestDistanceWrapped(1, 1)).toBeCloseTo(1 / 4, 3)
    expect(nearestDistanceWrapped(1, 2)).toBeCloseTo((Math.SQRT2 + Math.log(1 + Math.SQRT2)) / 6, 3)
  })
})
