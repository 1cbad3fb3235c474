// Translations, rotations, scalings and shears: what they do to points and waves, exact cases, and the laws of their groups.
import { random } from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Border, type Interpolation, linearMap, rotate, scale, shear, translate } from './index.ts'

const SIZE = 33
const picture = (f: (row: number, column: number) => number, n = SIZE) => ({
  data: Float64Array.from({ length: n * n }, (_, i) => f(Math.floor(i / n), i % n)),
  shape: [n, n],
})
const noise = (n: number) => ({ data: random(n).fillNormal(new Float64Array(n * n)), shape: [n, n] })
/** A bump of a few pixels about the centre, with a wave in it. */
const smooth = picture((r, c) => {
  const [y, x] = [r - 16, c - 16]
  return Math.exp(-(y * y + x * x) / 20) * (1 + Math.cos(0.5 * y + 0.7 * x))
})
const error = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [difference, norm] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    difference += (a[i] - b[i]) ** 2
    norm += b[i] ** 2
  }
  return Math.sqrt(difference / norm)
}
const INTERPOLATIONS: readonly Interpolation[] = ['linear', 'cubic', 'spline']
const BORDERS: readonly Border[] = ['reflect', 'periodic', 'zero', 'edge']

describe('translate', () => {
  it('moves samples by whole shifts, in any direction, with no rounding', () => {
    const x = picture((r, c) => 10 * r + c, 3)
    expect([...translate(x, [1, 0]).data]).toEqual([20, 21, 22, 0, 1, 2, 10, 11, 12])
    expect([...translate(x, [0, -1]).data]).toEqual([1, 2, 0, 11, 12, 10, 21, 22, 20])
    for (const interpolation of INTERPOLATIONS)
      expect(translate(x, [-2, 4], { interpolation })).toEqual(translate(x, [-2, 4]))
    expect([...translate(x, [1, 1], { border: 'zero' }).data]).toEqual([0, 0, 0, 0, 0, 1, 0, 10, 11])
    expect([...translate(x, [1, 1], { border: 'edge' }).data]).toEqual([0, 0, 1, 0, 0, 1, 10, 10, 11])
    expect([...translate(x, [1, 1], { border: 'reflect' }).data]).toEqual([11, 10, 11, 1, 0, 1, 11, 10, 11])
  })

  it('shifts waves in closed form by Fourier', () => {
    const omega = (2 * Math.PI * 5) / 32
    const wave = { data: Float64Array.from({ length: 32 }, (_, u) => Math.cos(omega * u)), shape: [32] }
    const wanted = Float64Array.from({ length: 32 }, (_, u) => Math.cos(omega * (u - 0.37)))
    expect(error(translate(wave, 0.37).data, wanted)).toBeLessThan(1e-13)
  })

  it('is a group on every odd torus, for every pair of shifts', () => {
    const shift = fc.tuple(fc.double({ min: -20, max: 20, noNaN: true }), fc.double({ min: -20, max: 20, noNaN: true }))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), shift, shift, (half, a, b) => {
        const x = noise(2 * half + 1)
        const composed = translate(translate(x, a), b)
        expect(error(composed.data, translate(x, [a[0] + b[0], a[1] + b[1]]).data)).toBeLessThan(1e-11)
      }),
      { numRuns: 50 },
    )
  })

  it('has inverses, and keeps the norm', () => {
    const x = noise(15)
    expect(error(translate(translate(x, [0.3, 7.7]), [-0.3, -7.7]).data, x.data)).toBeLessThan(1e-12)
    const energy = (y: ArrayLike<number>): number => Array.from(y).reduce((sum, v) => sum + v * v, 0)
    expect(energy(translate(x, [0.5, 0.5]).data) / energy(x.data)).toBeCloseTo(1, 12)
  })

  it('takes batches in single precision', () => {
    const batch = { data: new Float32Array(2 * 16).map((_, i) => i), shape: [2, 1, 4, 4] }
    const moved = translate(batch, [0.5, 0])
    expect(moved.shape).toEqual([2, 1, 4, 4])
    expect(moved.data).toBeInstanceOf(Float32Array)
    const second = translate({ data: batch.data.subarray(16), shape: [4, 4] }, [0.5, 0])
    expect(moved.data.subarray(16)).toEqual(second.data)
  })

  it('names what is wrong', () => {
    expect(() => translate(smooth, [0.5, 0], { interpolation: 'fourier', border: 'zero' })).toThrow("take 'spline'")
    expect(() => translate(smooth, [1, 2, 3] as never)).toThrow('give [down, right]')
    expect(() => translate({ data: Float32Array.of(1, NaN), shape: [2] }, 1)).toThrow('hold NaN at number 1')
  })
})

describe('interpolation', () => {
  it.each(INTERPOLATIONS)('%s gives a ramp back between its pixels', (interpolation) => {
    const ramp = picture((r, c) => 3 * r - 2 * c)
    const { data } = translate(ramp, [0.3, -0.6], { interpolation, border: 'edge' })
    // far enough from the edge, where a spline knows no more of it
    for (const i of [12, 16, 20]) expect(data[i * SIZE + i]).toBeCloseTo(3 * (i - 0.3) - 2 * (i + 0.6), 5)
  })

  it('gives a polynomial of degree 3 back by splines, of degree 2 by the cubic kernel', () => {
    const line = (degree: number) => ({
      data: Float64Array.from({ length: 61 }, (_, u) => ((u - 30) / 10) ** degree),
      shape: [61],
    })
    const at30 = (interpolation: Interpolation, degree: number): number =>
      translate(line(degree), -0.4, { interpolation, border: 'edge' }).data[30]
    expect(at30('spline', 3)).toBeCloseTo(0.04 ** 3, 12)
    expect(at30('cubic', 2)).toBeCloseTo(0.04 ** 2, 12)
  })

  it.each(BORDERS)('a spline goes through the samples with border %s', (border) => {
    const x = noise(9)
    const near = translate(x, [1e-9, 1e-9], { interpolation: 'spline', border })
    expect(error(near.data, x.data)).toBeLessThan(1e-7)
  })

  it('a spline of one row, of one column and of one pixel is a line', () => {
    const row = { data: random(1).fillNormal(new Float64Array(7)), shape: [1, 7] }
    for (const border of BORDERS) {
      const along = translate(row, [0, 0.25], { interpolation: 'spline', border })
      const down = translate({ ...row, shape: [7, 1] }, [0.25, 0], { interpolation: 'spline', border })
      const signal = translate({ ...row, shape: [7] }, 0.25, { interpolation: 'spline', border })
      expect(error(along.data, signal.data)).toBeLessThan(1e-14)
      expect(error(down.data, signal.data)).toBeLessThan(1e-14)
    }
    const pixel = { data: Float64Array.of(2), shape: [1, 1] }
    expect(translate(pixel, [0.5, 0.5], { interpolation: 'spline', border: 'reflect' }).data[0]).toBeCloseTo(2, 14)
  })
})

describe('rotate', () => {
  it('turns counter-clockwise, and quarter turns move pixels', () => {
    const x = picture((r, c) => 3 * r + c, 3)
    // the pixel in the middle of the right edge goes to the middle of the top
    expect([...rotate(x, Math.PI / 2).data]).toEqual([2, 5, 8, 1, 4, 7, 0, 3, 6])
    const even = noise(6)
    for (const quarters of [1, 2, 3, -1, 5])
      expect(rotate(rotate(even, (quarters * Math.PI) / 2), (-quarters * Math.PI) / 2).data).toEqual(even.data)
  })

  it('takes a wave of direction θ to direction θ + α', () => {
    const wave = (theta: number) =>
      picture((r, c) => Math.cos(0.6 * ((r - 16) * Math.cos(theta) + (c - 16) * Math.sin(theta))))
    const turned = rotate(wave(0.2), 0.5)
    const centre = (data: ArrayLike<number>): number[] =>
      Array.from({ length: 121 }, (_, i) => data[(11 + Math.floor(i / 11)) * SIZE + 11 + (i % 11)])
    expect(error(centre(turned.data), centre(wave(0.7).data))).toBeLessThan(0.005)
  })

  it('obeys the group law up to interpolation, splines best', () => {
    const errors = INTERPOLATIONS.map((interpolation) => {
      const composed = rotate(rotate(smooth, Math.PI / 6, { interpolation }), Math.PI / 3, { interpolation })
      return error(composed.data, rotate(smooth, Math.PI / 2).data)
    })
    expect(errors[2]).toBeLessThan(4e-3)
    expect(errors[2]).toBeLessThan(errors[1])
    expect(errors[1]).toBeLessThan(errors[0])
  })

  it('takes an angle for each image', () => {
    const batch = { data: Float64Array.from([...smooth.data, ...smooth.data]), shape: [2, SIZE, SIZE] }
    const { data } = rotate(batch, [0.3, -0.4])
    expect(data.subarray(0, SIZE * SIZE)).toEqual(rotate(smooth, 0.3).data)
    expect(data.subarray(SIZE * SIZE)).toEqual(rotate(smooth, -0.4).data)
    expect(() => rotate(batch, [0.3])).toThrow('1 numbers for 2 images')
  })
})

describe('scale, shear, linearMap', () => {
  it('scales about the centre: factors multiply', () => {
    const composed = scale(scale(smooth, 1.25), 1.2)
    expect(error(composed.data, scale(smooth, 1.5).data)).toBeLessThan(2e-3)
    expect(scale(smooth, 1).data).toEqual(smooth.data)
    const wave = { data: Float64Array.from({ length: 65 }, (_, u) => Math.cos(0.5 * (u - 32))), shape: [65] }
    const wanted = Float64Array.from({ length: 65 }, (_, u) => Math.cos(0.25 * (u - 32)))
    expect(error(scale(wave, 2, { dimensions: 1 }).data, wanted)).toBeLessThan(1e-3)
  })

  it('shears rows against each other: amounts add', () => {
    const x = picture((r, c) => 3 * r + c, 3)
    expect([...shear(x, 1, { border: 'periodic' }).data]).toEqual([1, 2, 0, 3, 4, 5, 8, 6, 7])
    expect(error(shear(shear(smooth, 0.3), -0.5).data, shear(smooth, -0.2).data)).toBeLessThan(5e-3)
  })

  it('linearMap is what the others are made of', () => {
    const [c, s] = [Math.cos(0.4), Math.sin(0.4)]
    expect(error(linearMap(smooth, [c, -s, s, c]).data, rotate(smooth, 0.4).data)).toBeLessThan(1e-12)
    expect(error(linearMap(smooth, [1.3, 0, 0, 1.3]).data, scale(smooth, 1.3).data)).toBeLessThan(1e-12)
    expect(linearMap(smooth, [1, 0, 0.5, 1]).data).toEqual(shear(smooth, 0.5).data)
    expect(() => linearMap(smooth, [1, 2, 2, 4])).toThrow('has no inverse')
  })
})
