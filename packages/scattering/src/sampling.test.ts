import { filterBank2d } from '@scatterlab/wavelets'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { type Taps, lowPassTaps } from './sampling.ts'

/** h(d) by its sum, at any distance; whole turns are left out before the cosine. */
function direct(fourier: Float64Array, distance: number): number {
  const n = fourier.length
  const turns = (k: number): number => (((k <= n / 2 ? k : k - n) * distance) % n) / n
  return fourier.reduce((sum, v, k) => sum + v * Math.cos(2 * Math.PI * turns(k)), 0) / n
}

/** All weights of one output, in the order of its inputs. */
function row({ starts, width, weights }: Taps, output: number, n: number): Float64Array {
  const whole = new Float64Array(n)
  for (let t = 0; t < width; t++) whole[(starts[output] + t) % n] += weights[output * width + t]
  return whole
}

describe('the taps of the low-pass', () => {
  const factor = (n: number, scales: number, level: number, convention: 'kymatio' | 'exact'): Float64Array =>
    filterBank2d({ shape: [n, n], scales, convention }).phi.atLevel(level).columns

  it.each([
    { n: 40, scales: 2, level: 0, step: 1 },
    { n: 48, scales: 3, level: 2, step: 0.5 },
    { n: 48, scales: 3, level: 2, step: 0.25 },
    { n: 36, scales: 2, level: 1, step: 0.5 },
    { n: 42, scales: 1, level: 1, step: 0.125 },
  ])('are those of direct sums, $n points at level $level, every $step', ({ n, scales, level, step }) => {
    for (const convention of ['kymatio', 'exact'] as const) {
      const fourier = factor(n, scales, level, convention)
      const length = fourier.length
      const positions = Array.from({ length: length / step }, (_, i) => i * step)
      for (const threshold of [0, 1e-16, 2e-7]) {
        const taps = lowPassTaps(fourier, positions, threshold)
        positions.forEach((position, o) => {
          const expected = Float64Array.from({ length }, (_, i) => direct(fourier, position - i))
          // rounding of both sums; what is cut is below the threshold
          expectClose(row(taps, o, length), expected, { absolute: 1e-15 + threshold * direct(fourier, 0) })
        })
      }
    }
  })

  it('reach as far as the kernels between samples ring, farther than those at samples', () => {
    const fourier = factor(64, 2, 1, 'exact')
    const whole = lowPassTaps(fourier, [8, 9], 2e-7)
    const between = lowPassTaps(fourier, [8, 8.5], 2e-7)
    expect(whole.width).toBeLessThan(16)
    expect(between.width).toBe(32)
  })

  it('of a long axis are made in no time', () => {
    const fourier = filterBank2d({ shape: [4, 65540], scales: 1, convention: 'exact' }).phi.atLevel(0).columns
    const positions = Array.from({ length: 32768 }, (_, i) => 20 + 2 * i)
    const start = process.cpuUsage()
    const taps = lowPassTaps(fourier, positions, 1e-16)
    // direct sums take a minute
    expect(process.cpuUsage(start).user).toBeLessThan(3e6)
    expect(taps.width).toBeLessThan(20)
    // the Gaussian itself, of deviation 0.8
    const gaussian = (d: number): number => Math.exp((-d * d) / 1.28) / (0.8 * Math.sqrt(2 * Math.PI))
    for (const at of [0, 20_000]) {
      const expected = Float64Array.from({ length: taps.width }, (_, t) =>
        gaussian(positions[at] - taps.starts[at] - t),
      )
      expectClose(taps.weights.subarray(at * taps.width, (at + 1) * taps.width), expected, { absolute: 1e-15 })
    }
  })

  it('are refused where they would fill the memory', () => {
    const slow = Float64Array.from({ length: 32768 }, (_, k) => 1 / (1 + Math.min(k, 32768 - k)))
    const positions = Array.from({ length: 16384 }, (_, i) => 2 * i)
    expect(() => lowPassTaps(slow, positions, 0)).toThrow('felt over 32768 of them')
  })
})
