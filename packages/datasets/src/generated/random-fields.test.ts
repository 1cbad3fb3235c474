import { rfft2, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import {
  fractionalBrownianField,
  fractionalBrownianMotion,
  fractionalBrownianSheet,
  ising2d,
  logNormalCascade,
  multifractalRandomWalk,
  poissonDiscs,
} from '../index.ts'

const mean = (numbers: ArrayLike<number>): number => Array.from(numbers).reduce((sum, v) => sum + v, 0) / numbers.length
/** Slope of the line through points by least squares. */
function slope(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)]
  return (
    x.reduce((sum, v, i) => sum + (v - mx) * (y[i] - my), 0) / x.reduce((sum, v) => sum + (v - mx) ** 2, 0)
  )
}
const draws = (count: number): string[] => Array.from({ length: count }, (_, i) => `draw ${i}`)

describe('fractionalBrownianMotion', () => {
  it.each([0.2, 0.5, 0.8])('has increments of variance l^2H, H = %f', (hurst) => {
    const lags = [1, 4, 16]
    const walks = draws(40).map((seed) => fractionalBrownianMotion({ length: 512, hurst, seed }).data)
    const variances = lags.map((lag) =>
      mean(walks.flatMap((x) => Array.from(x.subarray(lag), (v, t) => (v - x[t]) ** 2))),
    )
    // 20,000 numbers, dependent over some lags or, for H above ½, over long ones: a few percent
    lags.forEach((lag, i) => expect(Math.abs(variances[i] / lag ** (2 * hurst) - 1)).toBeLessThan(0.15))
    expect(Math.abs(slope(lags.map(Math.log), variances.map(Math.log)) / 2 - hurst)).toBeLessThan(0.04)
  })

  it('begins with a number of variance 1, and depends on the seed alone', () => {
    const first = draws(2000).map((seed) => fractionalBrownianMotion({ length: 1, hurst: 0.7, seed }).data[0])
    // standard error √(2/2000) = 3 %
    expect(Math.abs(mean(first.map((v) => v * v)) - 1)).toBeLessThan(0.12)
    const at = (seed: number) => fractionalBrownianMotion({ length: 9, seed }).data
    expect(at(3)).toEqual(at(3))
    expect(at(4)).not.toEqual(at(3))
  })
})

describe('fractionalBrownianSheet', () => {
  it('has increments over rectangles of variance a^2H₁ b^2H₂', () => {
    const hurst = [0.3, 0.7] as const
    const sheets = draws(12).map((seed) => fractionalBrownianSheet({ shape: [64, 48], hurst, seed }).data)
    for (const [a, b] of [
      [1, 1],
      [4, 1],
      [1, 4],
      [4, 4],
    ]) {
      const squares = sheets.flatMap((x) => {
        const own: number[] = []
        for (let y = 0; y + a < 64; y++)
          for (let u = 0; u + b < 48; u++)
            own.push((x[(y + a) * 48 + u + b] - x[(y + a) * 48 + u] - x[y * 48 + u + b] + x[y * 48 + u]) ** 2)
        return own
      })
      expect(Math.abs(mean(squares) / (a ** (2 * hurst[0]) * b ** (2 * hurst[1])) - 1)).toBeLessThan(0.1)
    }
  })
})

describe('fractionalBrownianField', () => {
  it.each([0.25, 0.75])('has a spectrum |k|^−(2H + 2), H = %f, and variance 1', (hurst) => {
    const side = 64
    const fields = draws(12).map((seed) => fractionalBrownianField({ shape: [side, side], hurst, seed }).data)
    const power = Array<number>(side / 2).fill(0)
    const count = Array<number>(side / 2).fill(0)
    for (const x of fields) {
      const spectrum = rfft2(tensor(x, [side, side])).asReal().toTypedArray()
      for (let i = 0; i < spectrum.length / 2; i++) {
        const row = Math.floor(i / 33)
        const k = Math.hypot(Math.min(row, side - row), i % 33)
        // rings of one octave's width would hide the slope, of whole numbers do not
        if (k < 3.5 || k > 30.5) continue
        power[Math.round(k)] += (spectrum[2 * i] ** 2 + spectrum[2 * i + 1] ** 2) * k ** (2 * hurst + 2)
        count[Math.round(k)]++
      }
    }
    const rings = Array.from({ length: 27 }, (_, i) => i + 4)
    const flat = slope(
      rings.map(Math.log),
      rings.map((k) => Math.log(power[k] / count[k])),
    )
    // made flat by the expected exponent: 12 draws of 13 numbers and more a ring
    expect(Math.abs(flat)).toBeLessThan(0.08)
    const variance = mean(fields.map((x) => mean(x.map((v) => v * v))))
    // few large waves hold most of it
    expect(variance).toBeGreaterThan(0.6)
    expect(variance).toBeLessThan(1.6)
    fields.forEach((x) => expect(Math.abs(mean(x))).toBeLessThan(1e-10))
  })
})

describe('multifractalRandomWalk', () => {
  it('has steps with the moments of a log-normal', () => {
    const [intermittency, integralScale] = [0.04, 32]
    const steps = draws(60).flatMap((seed) => {
      const { data } = multifractalRandomWalk({ length: 1024, intermittency, integralScale, seed })
      return Array.from(data.subarray(1), (v, t) => v - data[t])
    })
    const gaussian: Record<number, number> = { 1: Math.sqrt(2 / Math.PI), 2: 1, 4: 3 }
    for (const q of [1, 2, 4]) {
      const expected = gaussian[q] * integralScale ** ((intermittency * (q * q - 2 * q)) / 2)
      // 2,000 independent pieces; tails are heavy for q = 4
      expect(Math.abs(mean(steps.map((v) => Math.abs(v) ** q)) / expected - 1)).toBeLessThan([0, 0.03, 0.06, 0, 0.2][q])
    }
  })

  it('has sizes whose logarithms correlate as λ² ln(T/(1 + l))', () => {
    const [intermittency, integralScale] = [0.1, 64]
    const logs = draws(60).map((seed) => {
      const { data } = multifractalRandomWalk({ length: 1024, intermittency, integralScale, seed })
      return Array.from(data.subarray(1), (v, t) => Math.log(Math.abs(v - data[t])))
    })
    const centre = mean(logs.flat())
    for (const lag of [1, 7, 31]) {
      const found = mean(logs.flatMap((x) => x.slice(lag).map((v, t) => (v - centre) * (x[t] - centre))))
      // ln|ε| has a variance of π²/8, which makes the noise
      expect(Math.abs(found - intermittency * Math.log(integralScale / (1 + lag)))).toBeLessThan(0.03)
    }
  })
})

describe('logNormalCascade', () => {
  it('has E M^q = side^{μ(q² − q)/2}, and coarse means of its coarse cascade', () => {
    const [side, intermittency] = [16, 0.2]
    const fields = draws(150).map((seed) => logNormalCascade({ side, intermittency, seed }).data)
    const logs = fields.flatMap((x) => Array.from(x, Math.log))
    const variance = intermittency * Math.log(side)
    const centre = mean(logs)
    // pixels of one draw share their coarse squares: 4 independent quarters in each
    expect(Math.abs(centre + variance / 2)).toBeLessThan(0.06)
    expect(Math.abs(mean(logs.map((v) => (v - centre) ** 2)) / variance - 1)).toBeLessThan(0.12)
    expect(Math.abs(mean(fields.map(mean)) - 1)).toBeLessThan(0.1)
    expect(() => logNormalCascade({ side: 12 })).toThrow(/power of two/)
  })
})

describe('ising2d', () => {
  /** Energy a spin, −Σ x_u x_v/N. */
  const energyOf = (x: Float32Array, side: number): number =>
    -mean(
      x.map(
        (v, i) => v * (x[Math.floor(i / side) * side + ((i + 1) % side)] + x[(i + side) % (side * side)]),
      ),
    )

  /** −coth 2β (1 + (2/π)(2 tanh² 2β − 1) K(2 sinh 2β/cosh² 2β)), K by the arithmetic–geometric mean (Onsager 1944). */
  function onsagerEnergy(temperature: number): number {
    const twice = 2 / temperature
    let [a, b] = [1, Math.sqrt(1 - ((2 * Math.sinh(twice)) / Math.cosh(twice) ** 2) ** 2)]
    for (let i = 0; i < 30; i++) [a, b] = [(a + b) / 2, Math.sqrt(a * b)]
    return -(1 + ((2 * Math.tanh(twice) ** 2 - 1) * 1) / a) / Math.tanh(twice)
  }

  it('has Onsager’s energy, and below the critical temperature Yang’s magnetisation', () => {
    const side = 32
    const hot = draws(8).map((seed) => ising2d({ shape: [side, side], temperature: 5, sweeps: 30, seed }).data)
    const expected = onsagerEnergy(5)
    expect(Math.abs(mean(hot.map((x) => energyOf(x, side))) - expected)).toBeLessThan(0.04)
    const cold = draws(8).map((seed) => ising2d({ shape: [side, side], temperature: 1.8, sweeps: 60, seed }).data)
    const magnetisation = (1 - Math.sinh(2 / 1.8) ** -4) ** (1 / 8)
    expect(Math.abs(mean(cold.map((x) => Math.abs(mean(x)))) - magnetisation)).toBeLessThan(0.02)
  })
})

describe('poissonDiscs', () => {
  it('keeps the distance, across the edges too, and leaves no room for one more', () => {
    const shape = [40, 56] as const
    const { centres, data } = poissonDiscs({ shape, distance: 5, seed: 2 })
    const between = (a: readonly number[], b: readonly number[]): number =>
      Math.hypot(
        ...[0, 1].map((i) => Math.min(Math.abs(a[i] - b[i]), shape[i] - Math.abs(a[i] - b[i]))),
      )
    const least = Math.min(...centres.flatMap((a, i) => centres.slice(0, i).map((b) => between(a, b))))
    expect(least).toBeGreaterThanOrEqual(5)
    // all but a few holes are filled: a disc a distance wide for every 1.45 distances² at least
    expect(centres.length).toBeGreaterThan((40 * 56) / (1.75 * 25))
    const covered = mean(data) / ((centres.length * Math.PI * (5 / 3) ** 2) / (40 * 56))
    expect(Math.abs(covered - 1)).toBeLessThan(0.1)
    expect(() => poissonDiscs({ shape, distance: 60 })).toThrow(/40/)
  })
})
