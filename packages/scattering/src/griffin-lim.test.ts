import { ShapeError, random } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { descent } from './descent.test.minimiser.ts'
import { griffinLim, invert, scattering1d, scattering2d } from './index.ts'

const shape = [32, 32] as const
/** Two discs on a slope. */
const image = {
  data: Float64Array.from({ length: 1024 }, (_, i) => {
    const [y, x] = [Math.floor(i / 32), i % 32]
    const inside = (a: number, b: number, r: number): number => (Math.hypot(y - a, x - b) < r ? 1 : 0)
    return inside(10, 12, 6) + 0.5 * inside(22, 20, 5) + 0.02 * x
  }),
  shape,
}
const sound = {
  data: Float64Array.from(
    { length: 256 },
    (_, t) => Math.exp(-(((t - 120) / 50) ** 2)) * Math.sin(0.3 * t + 0.0006 * t * t),
  ),
  shape: [256],
}
const images = scattering2d({ shape, scales: 2, orientations: 4, maxOrder: 1 })
const signals = scattering1d({ length: 256, scales: 4, waveletsPerOctave: 4, maxOrder: 1 })

describe('griffinLim', () => {
  it('begins an inversion of an image nearer than noise, and brings it farther in as many steps', async () => {
    const target = images.transform(image)
    const run = async (iterations: number, start?: ReturnType<typeof griffinLim>) =>
      (await invert(target, images, { minimise: descent, iterations, seed: 1, ...(start && { start }) })).error
    const start = griffinLim(target, images, { seed: 1 })
    expect(start.shape).toEqual(shape)
    expect(await run(0, start)).toBeLessThan(0.4 * (await run(0)))
    expect(await run(6, start)).toBeLessThan(await run(6))
  })

  it('of a signal too', async () => {
    const target = signals.transform(sound)
    const run = async (start?: ReturnType<typeof griffinLim>) =>
      (await invert(target, signals, { minimise: descent, iterations: 0, seed: 1, ...(start && { start }) })).error
    expect(await run(griffinLim(target, signals))).toBeLessThan(0.5 * (await run()))
  })

  it('gives each image of a batch its own start, of the target’s precision', () => {
    const two = { data: Float32Array.from([...image.data, ...image.data.map((v) => 1 - v)]), shape: [2, 32, 32] }
    const start = griffinLim(images.transform(two), images, { iterations: 3, seed: 2 })
    expect(start.shape).toEqual([2, 32, 32])
    expect(start.data).toBeInstanceOf(Float32Array)
    const mean = (from: number): number =>
      Float64Array.from(start.data.subarray(from, from + 1024)).reduce((sum, v) => sum + v, 0) / 1024
    const own = image.data.reduce((sum, v) => sum + v, 0) / 1024
    expect(Math.abs(mean(0) - own)).toBeLessThan(0.05)
    expect(Math.abs(mean(1024) - (1 - own))).toBeLessThan(0.05)
  })

  it('refuses coefficients of another shape', () => {
    const data = random(1).fillNormal(new Float64Array(9)) as Float64Array
    expect(() => griffinLim({ data, shape: [9] }, images)).toThrow(ShapeError)
  })
})
