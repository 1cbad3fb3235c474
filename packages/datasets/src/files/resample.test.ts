import { describe, expect, it } from 'vitest'
import { resample } from './resample.ts'

const sine = (frequency: number, rate: number, seconds: number): Float64Array =>
  Float64Array.from({ length: Math.round(rate * seconds) }, (_, i) =>
    Math.sin((2 * Math.PI * frequency * i) / rate + 0.3),
  )

/** The greatest distance between two signals, away from the ends, beyond which there is silence. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0
  for (let k = a.length >> 2; k < (3 * a.length) >> 2; k++) most = Math.max(most, Math.abs(a[k] - b[k]))
  return most
}

describe('resample', () => {
  // the same sine at the other rate has the same frequency, amplitude and phase; 1e-4 is -80 dB
  it.each([
    [44_100, 16_000, 440],
    [44_100, 16_000, 7_200],
    [48_000, 44_100, 19_000],
    [8_000, 44_100, 3_600],
    [22_050, 8_000, 1_000],
    [8_000, 11_025.5, 3_000],
    [44_100, 22_051, 5_000], // without a common divisor: more phases than are kept
  ])('from %d to %d samples a second keeps a sine of %d hertz', (from, to, frequency) => {
    const there = resample(sine(frequency, from, 0.08), { from, to })
    expect(there.length).toBe(Math.ceil((Math.round(from * 0.08) * to) / from))
    expect(distance(there, sine(frequency, to, 0.08))).toBeLessThan(1e-4)
  })

  it.each([
    [44_100, 16_000, 8_000],
    [44_100, 16_000, 9_000],
    [44_100, 8_000, 15_000],
  ])('from %d to %d takes out a sine of %d hertz, whose alias would be heard', (from, to, frequency) => {
    const there = resample(sine(frequency, from, 0.1), { from, to })
    expect(distance(there, new Float64Array(there.length))).toBeLessThan(1e-4)
  })

  it('keeps a constant, and a signal of the same rate', () => {
    const ones = resample(new Float32Array(3000).fill(1), { from: 3000, to: 2000 })
    expect(distance(ones, new Float32Array(2000).fill(1))).toBeLessThan(1e-7)
    expect([...resample([0.5, -1], { from: 8000, to: 8000 })]).toEqual([0.5, -1])
  })
})
