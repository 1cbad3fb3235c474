// Deformations: exact cases, the random fields against the model's formula, and their strength against finite differences.
import { random } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { deform, randomDisplacement, strengthOf, translate, usableTemperatures } from './index.ts'

const noise = { data: random(1).fillNormal(new Float64Array(2 * 20 * 17)), shape: [2, 20, 17] }
const constant = (down: number, right: number) => ({
  data: Float64Array.from({ length: 2 * 20 * 17 }, (_, i) => (i < 20 * 17 ? down : right)),
  shape: [2, 20, 17],
})

describe('deform', () => {
  it('by 0 is the identity, by a whole constant a translation, to the bit', () => {
    expect(deform(noise, constant(0, 0)).data).toEqual(noise.data)
    expect(deform(noise, constant(2, -3), { border: 'periodic' })).toEqual(translate(noise, [2, -3]))
  })

  it('of a ramp is the ramp less its displacement, by linear interpolation', () => {
    const ramp = {
      data: Float64Array.from({ length: 400 }, (_, i) => 2 * Math.floor(i / 20) + 5 * (i % 20)),
      shape: [20, 20],
    }
    const tau = randomDisplacement({ shape: [20, 20], gradient: 0.5, seed: 3 })
    const { data } = deform(ramp, tau, { interpolation: 'linear' })
    const wanted = ramp.data.map((value, i) => value - 2 * tau.data[i] - 5 * tau.data[400 + i])
    data.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 10))
  })

  it('takes a field for each image, and signals', () => {
    const fields = [constant(1, 0), constant(0, 1)]
    const both = deform(noise, fields, { border: 'periodic' }).data
    expect(both.subarray(0, 340)).toEqual(deform(noise, fields[0], { border: 'periodic' }).data.subarray(0, 340))
    expect(both.subarray(340)).toEqual(deform(noise, fields[1], { border: 'periodic' }).data.subarray(340))
    const signal = { data: Float32Array.of(1, 2, 3, 4), shape: [4] }
    const tau = { data: Float64Array.of(0, 0.5, -0.5, 0), shape: [4] }
    expect([...deform(signal, tau, { interpolation: 'linear' }).data]).toEqual([1, 1.5, 3.5, 4])
    expect(() => deform(noise, { ...tau, shape: [2, 2, 1] })).toThrow('give [2, 20, 17]')
    expect(() => deform(noise, [fields[0]])).toThrow('1 fields for 2 images')
  })
})

describe('strengthOf', () => {
  it('is exact for linear fields', () => {
    const dilation = {
      data: Float64Array.from({ length: 2 * 81 }, (_, i) => 0.1 * (i < 81 ? Math.floor(i / 9) - 4 : (i % 9) - 4)),
      shape: [2, 9, 9],
    }
    expect(strengthOf(dilation).gradient).toBeCloseTo(0.1, 12)
    expect(strengthOf(dilation).displacement).toBeCloseTo(0.4 * Math.SQRT2, 12)
    const shear = {
      data: Float64Array.from({ length: 2 * 81 }, (_, i) => (i < 81 ? 0 : 0.3 * Math.floor((i - 81) / 9))),
      shape: [2, 9, 9],
    }
    expect(strengthOf(shear).gradient).toBeCloseTo(0.3, 12)
    expect(strengthOf({ data: Float64Array.of(0, 0.5, 0.5), shape: [3] })).toEqual({ displacement: 0.5, gradient: 0.5 })
  })
})

describe('randomDisplacement', () => {
  it('is the sum of its formula, the same for the same seed', () => {
    const n = 12
    const { data } = randomDisplacement({ shape: [n, n], cutoff: 2, temperature: 4, seed: 'field' })
    const stream = random('field')
    const wanted = new Float64Array(2 * n * n)
    for (const d of [0, 1]) {
      for (const [i, j] of [
        [1, 1],
        [1, 2],
        [2, 1],
      ]) {
        const C = stream.normal()
        for (let u = 0; u < n; u++)
          for (let v = 0; v < n; v++)
            wanted[d * n * n + u * n + v] +=
              ((2 * C) / Math.hypot(i, j)) *
              Math.sin((i * Math.PI * u) / (n - 1)) *
              Math.sin((j * Math.PI * v) / (n - 1))
      }
    }
    data.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 12))
  })

  it.each([[[64, 64]], [[256]], [[80, 50]]])('of shape %s knows its strength', (shape) => {
    const tau = randomDisplacement({ shape: shape as [number, number], cutoff: 4, gradient: 0.4, seed: 5 })
    expect(tau.strength.gradient).toBeCloseTo(0.4, 12)
    const measured = strengthOf(tau)
    expect(measured.displacement).toBeCloseTo(tau.strength.displacement, 12)
    // central differences of a wave of frequency ω are sin(ω)/ω of its derivative
    expect(Math.abs(measured.gradient - 0.4)).toBeLessThan(0.01)
  })

  it('has the published displacement and gradient energy', () => {
    const [n, c, T, repeats] = [32, 5, 2, 200]
    const stream = random(11)
    let [square, energy] = [0, 0]
    for (let k = 0; k < repeats; k++) {
      const { data } = randomDisplacement({ shape: [n, n], cutoff: c, temperature: T, random: stream })
      for (let i = 0; i < data.length; i++) {
        square += data[i] ** 2 / (n * n * repeats)
        if (i % n > 0) energy += (data[i] - data[i - 1]) ** 2 / (n * n * repeats)
        if (i % (n * n) >= n) energy += (data[i] - data[i - n]) ** 2 / (n * n * repeats)
      }
    }
    // 0.28 ln c + 0.7 and 3.5 (c/n)² T are fits, here to a quarter
    expect(Math.sqrt(square / T) / (0.28 * Math.log(c) + 0.7)).toBeGreaterThan(0.75)
    expect(Math.sqrt(square / T) / (0.28 * Math.log(c) + 0.7)).toBeLessThan(1.25)
    expect(energy / (3.5 * (c / n) ** 2 * T)).toBeGreaterThan(0.75)
    expect(energy / (3.5 * (c / n) ** 2 * T)).toBeLessThan(1.25)
  })

  it('grows with the temperature, and 0 stands still', () => {
    const [low, high] = usableTemperatures(28, 3)
    expect(low).toBeLessThan(high)
    const at = (temperature: number) => randomDisplacement({ shape: [28, 28], temperature, seed: 2 }).strength
    expect(at(4).gradient / at(1).gradient).toBeCloseTo(2, 12)
    expect(at(0).displacement).toBe(0)
    expect(() => randomDisplacement({ shape: [28, 28] })).toThrow('give one of temperature (T) and gradient')
  })
})
