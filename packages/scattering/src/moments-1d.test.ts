import { type Tensor, ShapeError, ValueError, random, tensor } from '@scatterlab/tensor'
import { expectClose, gradientCheck } from '@scatterlab/testing'
import { filterBank1d, toGrid } from '@scatterlab/wavelets'
import { describe, expect, it } from 'vitest'
import { descent } from './descent.test.minimiser.ts'
import { covariances1d, moments1d, scattering1d, synthesise } from './index.ts'

const noise = (length: number, seed = 1): Float64Array =>
  random(seed).fillNormal(new Float64Array(length)) as Float64Array

/** A field and the distance of its samples. */
interface Field {
  readonly data: ArrayLike<number>
  readonly step: number
}

/** Re and Im of field ⋆ ψ at every `coarser`-th sample, by sums over all frequencies and samples. */
function seen({ data, step }: Field, filter: Float64Array, coarser: number): [number, number][] {
  const n = data.length
  return Array.from({ length: (n * step) / coarser }, (_, u) => {
    let [re, im] = [0, 0]
    for (let t = 0; t < n; t++) {
      for (let k = 0; k < n; k++) {
        const phase = (2 * Math.PI * k * ((u * coarser) / step - t)) / n
        re += (filter[k] * data[t] * Math.cos(phase)) / n
        im += (filter[k] * data[t] * Math.sin(phase)) / n
      }
    }
    return [re, im]
  })
}

describe('moments1d', () => {
  it.each([32, 21])('gives the powers of the bands by their definition, of %i samples', async (length) => {
    const signal = noise(length)
    const { transform, paths } = moments1d({ length, scales: 3, waveletsPerOctave: 2 })
    const { data } = await transform({ data: signal, shape: [length] })
    const { psi } = filterBank1d({ length, scales: 3, waveletsPerOctave: 2 })
    const powers = paths.filter(({ kind }) => kind === 'power')
    expect(powers).toHaveLength(psi.length)
    powers.forEach(({ index }, band) => {
      const field = seen({ data: signal, step: 1 }, toGrid(psi[band].atLevel(0)), 1)
      const power = field.reduce((sum, [re, im]) => sum + re * re + im * im, 0) / length
      expectClose(data[index], power, { relative: 1e-10 })
    })
  })

  it('gives the means that global scattering gives, of a batch', async () => {
    const batch = { data: noise(256), shape: [2, 2, 64] }
    const { transform, paths } = moments1d({ length: 64, scales: 4, powers: false })
    const { data, shape } = await transform(batch)
    const S = scattering1d({ length: 64, scales: 4, averaging: 'global', padding: 'periodic' })
    expect(shape).toEqual([2, 2, paths.length])
    expect(data).toEqual(S.transform(batch).data)
  })

  it('has the gradient of finite differences', () => {
    const { apply } = moments1d({ length: 32, scales: 3 })
    expect(() => gradientCheck((x: Tensor) => apply(x), [tensor(noise(64), [2, 32])])).not.toThrow()
  })
})

describe('covariances1d', () => {
  it.each([32, 21])('gives C01 and C11 by their definition, of %i samples', async (length) => {
    const options = { length, scales: 3 }
    const signal = { data: noise(length), shape: [length] }
    const { transform, paths } = covariances1d(options)
    const { data } = await transform(signal)
    const { psi } = filterBank1d(options)
    const moduli = scattering1d({ ...options, maxOrder: 1, averaging: 'none', padding: 'periodic' }).moduli(signal)
    const fieldOf = (n: number): Field => ({ data: moduli[1 + n].data, step: moduli[1 + n].step })
    const covariances = paths.filter(({ part }) => part !== undefined)
    expect(new Set(covariances.map(({ kind }) => kind))).toEqual(new Set(['C01', 'C11']))
    for (const { index, kind, part, wavelets } of covariances) {
      const last = wavelets.at(-1)!
      const coarser = fieldOf(last).step
      const through = (field: Field) => seen(field, toGrid(psi[last].atLevel(Math.log2(field.step))), coarser)
      const modulus = (i: number) => through(fieldOf(wavelets[i]))
      const [a, b] = kind === 'C01' ? [through({ data: signal.data, step: 1 }), modulus(0)] : [modulus(0), modulus(1)]
      const products = a.map(([re, im], i) =>
        part === 'real' ? re * b[i][0] + im * b[i][1] : im * b[i][0] - re * b[i][1],
      )
      const expected = products.reduce((sum, v) => sum + v, 0) / products.length
      expectClose(data[index], expected, { relative: 1e-9, absolute: 1e-14 })
    }
  })

  it('begins with the moments of order 1, and knows the direction of time', async () => {
    const ramp = Float64Array.from({ length: 256 }, (_, i) => (i % 32) + 0.1 * noise(256)[i])
    const { transform, paths } = covariances1d({ length: 256, scales: 5, sampleRate: 100 })
    const [there, back] = await Promise.all(
      [ramp, ramp.toReversed()].map(async (data) => (await transform({ data, shape: [256] })).data),
    )
    const first = moments1d({ length: 256, scales: 5, maxOrder: 1, sampleRate: 100 })
    const expected = await first.transform({ data: ramp, shape: [256] })
    expectClose(there.subarray(0, first.paths.length), expected.data, { relative: 1e-10 })
    expect(first.paths).toMatchObject(paths.slice(0, first.paths.length))
    // samples of coarse grids lie otherwise in a signal that is turned round, which folds their tails otherwise
    paths.forEach(({ index, part }, i) => {
      expect(index).toBe(i)
      if (part === 'imaginary') expectClose(back[i], -there[i], { absolute: 1e-6 })
    })
    expect(paths.some(({ part }, i) => part === 'imaginary' && Math.abs(there[i]) > 1e-2)).toBe(true)
  })

  it('has the gradient of finite differences', () => {
    const { apply } = covariances1d({ length: 32, scales: 4 })
    expect(() => gradientCheck((x: Tensor) => apply(x), [tensor(noise(64), [2, 32])])).not.toThrow()
  })

  it('refuses what it does not have, and signals of another length', async () => {
    const options = { length: 16, scales: 2, orientations: 2 } as Parameters<typeof covariances1d>[0]
    expect(() => covariances1d(options)).toThrow(/orientations/)
    expect(() => covariances1d({ length: 8, scales: 4 })).toThrow(ValueError)
    await expect(covariances1d({ length: 16, scales: 2 }).transform([1, 2, 3])).rejects.toThrow(ShapeError)
  })
})

it.each([
  ['moments', moments1d],
  ['covariances', covariances1d],
])('synthesise draws signals from their %s', async (_, make) => {
  const model = make({ length: 128, scales: 4 })
  const clicks = noise(128, 2).map((v, i) => (i % 16 === 0 ? 3 : 0.1) * v)
  const target = await model.transform({ data: clicks, shape: [128] })
  const { x, error, history } = await synthesise(target, model, { minimise: descent, iterations: 25, count: 2 })
  expect(x.shape).toEqual([2, 128])
  history.slice(1).forEach((after, i) => expect(after).toBeLessThanOrEqual(history[i]))
  expect(error).toBeLessThan(0.2)
  expect(history.at(-1)).toBeLessThan(0.3 * history[0])
})
