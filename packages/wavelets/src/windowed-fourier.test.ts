import { random, randomNormal } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { windowedFourierModulus } from './windowed-fourier.ts'

const norm = (x: ArrayLike<number>): number => Math.hypot(...Array.from(x))
const images = randomNormal([2, 12, 16], random(1), { dtype: 'float64' })

describe('windowedFourierModulus', () => {
  it.each([{ window: 4 }, { window: 8, step: 2 }, { window: 4, step: 4 }, { window: 3, step: 1 }])(
    'keeps the norm: %o',
    (options) => {
      const { data } = windowedFourierModulus(images, options)
      expect(Math.abs(norm(data) / norm(images.toTypedArray()) - 1)).toBeLessThan(1e-12)
    },
  )

  it('is the sum of its definition', () => {
    const { data, shape } = windowedFourierModulus(images, { window: 4, step: 2 })
    expect(shape).toEqual([2, 6, 8, 4, 3])
    const x = images.toTypedArray()
    const w = [0, 1, 2, 3].map((u) => Math.sin((Math.PI * (u + 0.5)) / 4))
    const [image, row, column, p, q] = [1, 5, 7, 3, 1] // a window over two edges
    let [re, im] = [0, 0]
    for (let r = 0; r < 4; r++) {
      for (let c = 0; c < 4; c++) {
        const value = x[image * 192 + ((2 * row + r) % 12) * 16 + ((2 * column + c) % 16)] * w[r] * w[c]
        const phase = (2 * Math.PI * (p * r + q * c)) / 4
        re += value * Math.cos(phase)
        im -= value * Math.sin(phase)
      }
    }
    const at = (((image * 6 + row) * 8 + column) * 4 + p) * 3 + q
    expect(data[at]).toBeCloseTo((Math.SQRT2 * Math.hypot(re, im)) / 4, 12)
  })

  it('is the Fourier modulus of the image for a window of its size, which no shift of the image changes', () => {
    const square = randomNormal([8, 8], random(2), { dtype: 'float64' })
    const turned = { data: new Float64Array(64), shape: [8, 8] }
    square.toTypedArray().forEach((value, at) => (turned.data[((at >> 3) * 8 + 24 + ((at + 5) & 7)) & 63] = value))
    const [a, b] = [square, turned].map((x) => windowedFourierModulus(x, { window: 8, step: 8 }).data)
    expect(norm(a)).toBeCloseTo(norm(square.toTypedArray()), 12)
    a.forEach((value, k) => expect(b[k]).toBeCloseTo(value, 12))
  })

  it('refuses windows that do not fit', () => {
    expect(() => windowedFourierModulus(images, { window: 14, step: 7 })).toThrow('give 12 at most')
    expect(() => windowedFourierModulus(images, { window: 8, step: 3 })).toThrow('give 8, or it divided')
    expect(() => windowedFourierModulus(images, { window: 10, step: 5 })).toThrow('divides both sides')
    expect(() => windowedFourierModulus([[1, NaN]], { window: 1 })).toThrow('NaN at number 1')
  })
})
