import { type Tensor, ShapeError, ValueError, random, tensor } from '@scatterlab/tensor'
import { expectClose, gradientCheck } from '@scatterlab/testing'
import { filterBank2d, toGrid } from '@scatterlab/wavelets'
import { describe, expect, it } from 'vitest'
import { descent } from './descent.test.minimiser.ts'
import { covariances2d, gaussianTwin, moments2d, scattering2d, synthesise } from './index.ts'

const noise = (length: number, seed = 1): Float64Array =>
  random(seed).fillNormal(new Float64Array(length)) as Float64Array

/** A field and the level whose samples it has. */
interface Field {
  readonly data: Float64Array
  readonly level: number
}

/** Re and Im of field ⋆ ψ at the samples of a coarser level, by sums over all frequencies and pixels. */
function seen(
  { data, level }: Field,
  [height, width]: readonly [number, number],
  filter: Float64Array,
  coarser: number,
): [number, number][] {
  const [h, w, step] = [height >> level, width >> level, 2 ** (coarser - level)]
  const out: [number, number][] = []
  for (let u = 0; u < h; u += step) {
    for (let v = 0; v < w; v += step) {
      let [re, im] = [0, 0]
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
          for (let k = 0; k < h; k++) {
            for (let l = 0; l < w; l++) {
              const phase = 2 * Math.PI * ((k * (u - y)) / h + (l * (v - x)) / w)
              const gain = (filter[k * w + l] * data[y * w + x]) / (h * w)
              re += gain * Math.cos(phase)
              im += gain * Math.sin(phase)
            }
          }
        }
      }
      out.push([re, im])
    }
  }
  return out
}

describe('covariances2d', () => {
  it.each([
    [8, 8],
    [8, 4],
    [6, 5],
  ])(
    'gives E (x ⋆ ψ2)(|x ⋆ ψ1| ⋆ ψ2)* and E (|x ⋆ ψ1| ⋆ ψ3)(|x ⋆ ψ2| ⋆ ψ3)* by their definition, on %i×%i',
    async (...shape) => {
      const options = { shape, scales: 2, orientations: 2 } as const
      const image = noise(shape[0] * shape[1])
      const { transform, paths } = covariances2d(options)
      const { data } = await transform({ data: image, shape })
      const bank = filterBank2d(options)
      const coarsest = shape[1] % 2 === 1 ? 0 : 1
      const psi = (scale: number, orientation: number, level: number): Float64Array =>
        toGrid(bank.psi[2 * scale + orientation].atLevel(level))
      const moduli = scattering2d({ ...options, maxOrder: 1, averaging: 'none', padding: 'periodic' }).moduli({
        data: image,
        shape,
      })
      const fieldOf = (scale: number, orientation: number): Field => ({
        data: moduli[1 + 2 * scale + orientation].data as Float64Array,
        level: Math.min(scale, coarsest),
      })
      const covariances = paths.filter(({ part }) => part !== undefined)
      // a pair of moduli has one of each, a modulus with itself a real part only: for two wavelets 2·2·2 + 2·(2 + 2)
      expect(covariances).toHaveLength(16)
      for (const { index, kind, part, scales, orientations } of covariances) {
        const [last, level] = [scales.length - 1, Math.min(1, coarsest)]
        const through = (field: Field) => seen(field, shape, psi(scales[last], orientations[last], field.level), level)
        const modulus = (i: number) => through(fieldOf(scales[i], orientations[i]))
        const [a, b] = kind === 'C01' ? [through({ data: image, level: 0 }), modulus(0)] : [modulus(0), modulus(1)]
        const products = a.map(([re, im], i) =>
          part === 'real' ? re * b[i][0] + im * b[i][1] : im * b[i][0] - re * b[i][1],
        )
        const expected = products.reduce((sum, v) => sum + v, 0) / products.length
        expectClose(data[index], expected, { relative: 1e-10, absolute: 1e-14 })
      }
    },
  )

  it('begins with the moments of order 1, of a batch too, and has paths in order', async () => {
    const options = { shape: [16, 16], scales: 3, orientations: 2 } as const
    const batch = { data: noise(512), shape: [2, 16, 16] }
    const covariances = covariances2d(options)
    const { data, shape } = await covariances.transform(batch)
    const first = moments2d({ ...options, maxOrder: 1 })
    const expected = await first.transform(batch)
    expect(shape).toEqual([2, 1 + 2 * 6 + 4 * 6 + 8 * 5])
    const own = first.paths.length
    for (const i of [0, 1])
      expectClose(data.subarray(i * shape[1], i * shape[1] + own), expected.data.subarray(i * own, (i + 1) * own), {
        relative: 1e-12,
      })
    expect(first.paths).toMatchObject(covariances.paths.slice(0, own))
    covariances.paths.forEach(({ index }, i) => expect(index).toBe(i))
  })

  it('has the gradient of finite differences', () => {
    const { apply } = covariances2d({ shape: [8, 8], scales: 3, orientations: 2 })
    const x = tensor(noise(128), [2, 8, 8])
    expect(() => gradientCheck((image: Tensor) => apply(image), [x])).not.toThrow()
  })

  it('of Gaussian fields has C01 near 0: odd in x', async () => {
    const shape = [64, 64] as const
    const { transform, paths } = covariances2d({ shape, scales: 3, orientations: 2 })
    const spikes = noise(4096, 3).map((v) => (v > 2 ? v ** 3 : 0.1 * v))
    const largest = async (data: ArrayLike<number>): Promise<number> => {
      const found = (await transform({ data: Float64Array.from(data), shape })).data
      const power = Math.max(...paths.flatMap(({ kind, index }) => (kind === 'power' ? [found[index]] : [])))
      return Math.max(...paths.flatMap(({ kind, index }) => (kind === 'C01' ? [Math.abs(found[index]) / power] : [])))
    }
    const twin = gaussianTwin({ data: spikes, shape }, { seed: 4 })
    expect(await largest(spikes)).toBeGreaterThan(4 * (await largest(twin.data)))
  })

  it('refuses what it does not have, and images of another size', async () => {
    const options = { shape: [8, 8], scales: 2, orders: 2 } as unknown as Parameters<typeof covariances2d>[0]
    expect(() => covariances2d(options)).toThrow(/orders/)
    expect(() => covariances2d({ shape: [8, 8], scales: 4 })).toThrow(ValueError)
    const { transform } = covariances2d({ shape: [8, 8], scales: 2, orientations: 2 })
    await expect(transform({ data: noise(12), shape: [3, 4] })).rejects.toThrow(ShapeError)
    const broken = { data: noise(64).map((v, i) => (i === 5 ? NaN : v)), shape: [8, 8] }
    await expect(transform(broken)).rejects.toThrow(/image 0 holds NaN/)
  })
})

describe('synthesise from covariances', () => {
  it('comes nearer to them at every iteration', async () => {
    const shape = [16, 16] as const
    const covariances = covariances2d({ shape, scales: 2, orientations: 2 })
    const stripes = Float64Array.from({ length: 256 }, (_, i) => 2 + Math.sin(i / 16) + 0.3 * noise(256, 2)[i])
    const target = await covariances.transform({ data: stripes, shape })
    const { error, history } = await synthesise(target, covariances, { minimise: descent, iterations: 30, seed: 3 })
    history.slice(1).forEach((after, i) => expect(after).toBeLessThanOrEqual(history[i]))
    expect(history.at(-1)).toBeLessThan(0.3 * history[0])
    expect(error).toBeLessThan(0.1)
  })
})
