import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { walkFlatness } from './signals.ts'
import { type Picture, flatness, histogramDistance, nearestPatch, spectrumDistance } from './statistics.ts'

const noise = (seed: number): Picture => ({
  data: random(seed).fillNormal(new Float64Array(64 * 64)),
  shape: [64, 64],
})

it('is 3 for Gaussian noise at any lag, and large for a few points', () => {
  // standard error of the fourth moment of 8,192 dependent differences: about 0.15
  for (const lag of [1, 5]) expect(Math.abs(flatness(noise(1), lag) - 3)).toBeLessThan(0.4)
  const point = { data: Float64Array.from({ length: 4096 }, (_, i) => (i === 77 ? 1 : 0)), shape: [64, 64] }
  // one point makes four differences of 8,192
  expect(flatness(point, 1)).toBeCloseTo(8192 / 4, 6)
})

it('of the ways of a walk is 3 for Gaussian steps, and counts ways by hand', () => {
  const steps = random(3).fillNormal(new Float64Array(8192))
  for (const lag of [1, 4]) expect(Math.abs(walkFlatness(steps, lag) - 3)).toBeLessThan(0.4)
  // ways of two steps: 1, 1, 0 and 0
  expect(walkFlatness([0, 1, 0, 0], 2)).toBeCloseTo((4 * 2) / 2 ** 2, 10)
})

it('finds a copy', () => {
  expect(nearestPatch(noise(1), noise(1), 1)).toBe(0)
  expect(nearestPatch(noise(1), noise(2), 1)).toBeGreaterThan(0.5)
})

it('tells histograms and spectra apart, and not where things lie', () => {
  const one = noise(1)
  const moved: Picture = { ...one, data: Float64Array.from(one.data, (_, i) => one.data[(i + 65) % 4096]) }
  expect(histogramDistance(one, moved)).toBe(0)
  // rows move by one, but for the last column
  expect(spectrumDistance(one, moved)).toBeLessThan(0.5)
  const louder: Picture = { ...one, data: Float64Array.from(one.data, (v) => 2 * v) }
  expect(spectrumDistance(louder, one)).toBeCloseTo(20 * Math.log10(2), 10)
  const above: Picture = { ...one, data: Float64Array.from(one.data, (v) => v + 3) }
  expect(histogramDistance(above, one)).toBeCloseTo(3, 10)
})
