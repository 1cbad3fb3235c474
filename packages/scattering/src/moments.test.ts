import { type Tensor, ValueError, ShapeError, random, tensor } from '@scatterlab/tensor'
import { expectClose, gradientCheck } from '@scatterlab/testing'
import { filterBank2d, toGrid } from '@scatterlab/wavelets'
import { describe, expect, it } from 'vitest'
import { descent } from './descent.test.minimiser.ts'
import { type Moments2dOptions, moments2d, scattering2d, synthesise } from './index.ts'

const noise = (length: number, seed = 1): Float64Array =>
  random(seed).fillNormal(new Float64Array(length)) as Float64Array

/** E|x ⋆ ψ|² by a circular convolution with the inverse transform of ψ̂, term by term. */
function powerByDefinition(image: Float64Array, [h, w]: readonly [number, number], filter: Float64Array): number {
  let total = 0
  for (let u = 0; u < h; u++) {
    for (let v = 0; v < w; v++) {
      let [re, im] = [0, 0]
      for (let k = 0; k < h; k++) {
        for (let l = 0; l < w; l++) {
          // x̂(k, l) as a sum, then back at (u, v)
          let [a, b] = [0, 0]
          for (let y = 0; y < h; y++) {
            for (let x = 0; x < w; x++) {
              const phase = -2 * Math.PI * ((k * y) / h + (l * x) / w)
              a += image[y * w + x] * Math.cos(phase)
              b += image[y * w + x] * Math.sin(phase)
            }
          }
          const back = 2 * Math.PI * ((k * u) / h + (l * v) / w)
          const gain = filter[k * w + l] / (h * w)
          re += gain * (a * Math.cos(back) - b * Math.sin(back))
          im += gain * (a * Math.sin(back) + b * Math.cos(back))
        }
      }
      total += re * re + im * im
    }
  }
  return total / (h * w)
}

describe('moments2d', () => {
  it.each<Moments2dOptions['shape']>([
    [4, 6],
    [5, 4],
    [6, 5],
  ])('gives the powers of the bands by their definition, on %i×%i', async (...shape) => {
    const image = noise(shape[0] * shape[1])
    const moments = moments2d({ shape, scales: 2, orientations: 3 })
    const { data } = await moments.transform({ data: image, shape })
    const bank = filterBank2d({ shape, scales: 2, orientations: 3 })
    const powers = moments.paths.filter(({ kind }) => kind === 'power')
    expect(powers).toHaveLength(6)
    powers.forEach(({ index }, band) => {
      const expected = powerByDefinition(image, shape, toGrid(bank.psi[band].atLevel(0)))
      expectClose(data[index], expected, { relative: 1e-10 })
    })
  })

  it('gives the means that global scattering gives, and the mean of the image first', async () => {
    const shape = [16, 16] as const
    const batch = { data: noise(512), shape: [2, 16, 16] }
    const moments = moments2d({ shape, scales: 3, orientations: 2 })
    const { data, shape: of } = await moments.transform(batch)
    const S = scattering2d({ shape, scales: 3, orientations: 2, averaging: 'global', padding: 'periodic' })
    const { data: means } = S.transform(batch)
    const count = S.paths.length
    expect(of).toEqual([2, count + 6])
    expect(data.subarray(of[1], of[1] + count)).toEqual(means.subarray(count, 2 * count))
    expect(data[0]).toBeCloseTo(batch.data.subarray(0, 256).reduce((sum, v) => sum + v, 0) / 256, 12)
  })

  it('has the gradient of finite differences', () => {
    const moments = moments2d({ shape: [8, 8], scales: 2, orientations: 2 })
    const x = tensor(noise(64), [8, 8])
    expect(() => gradientCheck((image: Tensor) => moments.apply(image), [x])).not.toThrow()
  })
})

describe('synthesise', () => {
  const shape = [16, 16] as const
  const moments = moments2d({ shape, scales: 2, orientations: 2, maxOrder: 1 })
  const stripes = Float64Array.from({ length: 256 }, (_, i) => 2 + Math.sin(i / 16) + 0.3 * noise(256, 2)[i])

  it('comes nearer to an image that has the moments at every iteration, and says by how much they are missed', async () => {
    const target = await moments.transform({ data: stripes, shape })
    const { x, error, history } = await synthesise(target, moments, { minimise: descent, iterations: 20, seed: 3 })
    history.slice(1).forEach((after, i) => expect(after).toBeLessThanOrEqual(history[i]))
    expect(history.at(-1)).toBeLessThan(0.05 * history[0])
    const { data } = await moments.transform(x)
    const relative = Array.from(data, (v, p) => (v - target.data[p]) / target.data[p])
    const rms = Math.sqrt(relative.reduce((sum, v) => sum + v * v, 0) / relative.length)
    expect(error).toBeCloseTo(rms, 12)
    expect(error).toBeLessThan(0.01)
  })

  it('makes several images at once, each from noise of its own', async () => {
    const target = await moments.transform({ data: stripes, shape })
    const { x, error } = await synthesise(target, moments, { minimise: descent, iterations: 20, count: 2 })
    expect(x.shape).toEqual([2, 16, 16])
    expect(x.data[0]).not.toBe(x.data[256])
    expect(error).toBeLessThan(0.01)
  })

  it('begins with noise of the powers and the mean that the moments tell of', async () => {
    const size = [32, 32] as const
    const { transform, spectrum, paths, ...rest } = moments2d({ shape: size, scales: 3, orientations: 3, maxOrder: 1 })
    const rough = noise(1024, 5).map((v, i) => 7 + v ** 3 * (i % 2))
    const target = await transform({ data: rough, shape: size })
    const all = { transform, spectrum, paths, ...rest }
    const { x } = await synthesise(target, all, { minimise: descent, iterations: 0, count: 24 })
    const { data } = await transform(x)
    const meanOf = (p: number): number =>
      Array.from({ length: 24 }, (_, i) => data[i * paths.length + p]).reduce((sum, v) => sum + v, 0) / 24
    expect(meanOf(0)).toBeCloseTo(target.data[0], 6)
    for (const { index, kind } of paths) {
      // a band of the coarsest scale has about five independent numbers an image: 24 images give its power to a tenth
      if (kind === 'power') expect(Math.abs(meanOf(index) / target.data[index] - 1)).toBeLessThan(0.3)
    }
  })

  it('refuses a constant texture, and moments of another transform', async () => {
    const constant = await moments.transform({ data: new Float64Array(256).fill(3), shape })
    const flat = { ...constant, data: constant.data.map((v, p) => (p === 0 ? v : 0)) }
    await expect(synthesise(flat, moments, { minimise: descent })).rejects.toThrow(ValueError)
    const other = { data: new Float64Array(3), shape: [3] }
    await expect(synthesise(other, moments, { minimise: descent })).rejects.toThrow(ShapeError)
  })
})
