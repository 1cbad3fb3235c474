import { type RealArray, ShapeError, ValueError, random } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { descent } from './descent.test.minimiser.ts'
import {
  type InvertOptions,
  type Path,
  invert,
  rotoTranslation2d,
  scattering1d,
  scattering2d,
  timeFrequencyScattering,
} from './index.ts'

const shape = [16, 16] as const
const transform = scattering2d({ shape, scales: 1, orientations: 4, maxOrder: 1 })
const noise = (seed: number): Float64Array => random(seed).fillNormal(new Float64Array(256)) as Float64Array
const smooth = Float64Array.from({ length: 256 }, (_, i) => 1 + Math.sin(i / 16) * Math.cos((i % 16) / 3))
const image = { data: smooth, shape }
const target = transform.transform(image)
const mean = (numbers: RealArray): number => Float64Array.from(numbers).reduce((sum, v) => sum + v, 0) / numbers.length
const run = (options: Partial<InvertOptions<Path>> = {}) =>
  invert(target, transform, { minimise: descent, iterations: 40, ...options })

describe('descent on the distance of coefficients', () => {
  it('comes nearer at every iteration, to an array of these coefficients', async () => {
    const { x, error, history, iterations, reason } = await run()
    expect([x.shape, iterations, reason]).toEqual([[16, 16], 40, 'iterations'])
    history.slice(1).forEach((after, i) => expect(after).toBeLessThan(history[i]))
    const S = transform.transform(x).data
    const off = Math.hypot(...S.map((v, i) => v - target.data[i])) / Math.hypot(...target.data)
    expect(error).toBeCloseTo(off, 10)
    expect(error).toBeLessThan(0.03)
  })

  it.each([
    ['of signals', scattering1d({ length: 64, scales: 3, waveletsPerOctave: 2 })],
    [
      'of time and frequency',
      timeFrequencyScattering({ length: 64, scales: 3, waveletsPerOctave: 4, frequencyScales: 1 }),
    ],
    ['of rotations', rotoTranslation2d({ shape, scales: 2, orientations: 4 })],
  ] as const)('of scattering %s too', async (_, any) => {
    const count = any.inputShape.reduce((product, n) => product * n, 1)
    const wanted = any.transform({ data: smooth.subarray(0, count), shape: any.inputShape })
    const { x, error, history } = await invert<{ readonly order: number }>(wanted, any, {
      minimise: descent,
      iterations: 20,
    })
    expect(x.shape).toEqual(any.inputShape)
    history.slice(1).forEach((after, i) => expect(after).toBeLessThan(history[i]))
    expect(error).toBeLessThan(0.5 * history[0])
  })

  it('stays where the coefficients are met already', async () => {
    const { error, x } = await run({ start: image, iterations: 3 })
    expect(error).toBeLessThan(1e-14)
    expect(x.data).toEqual(smooth)
  })

  it('goes on from where it was: two halves are the whole, for a rule without memory', async () => {
    const half = await run({ iterations: 10 })
    const further = await run({ iterations: 10, start: half.x })
    expect(further.error).toBeLessThan(half.error)
  })

  it('takes a batch, and gives each image its own start', async () => {
    const two = { data: Float64Array.from([...smooth, ...noise(3)]), shape: [2, 16, 16] }
    const { x } = await invert(transform.transform(two), transform, { minimise: descent, iterations: 2 })
    expect(x.shape).toEqual([2, 16, 16])
    expect(x.data[0]).not.toBe(x.data[256])
  })

  it('depends on the seed alone', async () => {
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => run({ seed, iterations: 2 })))
    expect(b.x.data).toEqual(a.x.data)
    expect(c.x.data).not.toEqual(a.x.data)
  })

  it('leaves out paths of weight 0', async () => {
    // without order 0 only the mean is free: where it starts it stays
    const weights = ({ order }: Path): number => (order === 0 ? 0 : 1)
    const { x } = await run({ weights, iterations: 20, start: { data: noise(1).map((v) => v + 50), shape } })
    expect(mean(x.data)).toBeCloseTo(50, 0)
  })

  it.each([{ least: 0 }, { most: 2.5 }, { least: 0, most: 2 }])('stays within %o', async (bounds) => {
    const { x, error, history } = await run({ bounds })
    expect(Math.min(...x.data)).toBeGreaterThanOrEqual(bounds.least ?? -Infinity)
    expect(Math.max(...x.data)).toBeLessThanOrEqual(bounds.most ?? Infinity)
    expect(error).toBeLessThan(history[0])
  })

  it('begins with noise of the energy that the coefficients tell of', async () => {
    // some energy of white noise lies in the corners of the spectrum, beyond the wavelets
    const white = { data: noise(5).map((v) => 3 + 2 * v), shape }
    const S = scattering2d({ shape, scales: 3, orientations: 8, maxOrder: 1 })
    const { x } = await invert(S.transform(white), S, { minimise: descent, iterations: 0 })
    const average = mean(x.data)
    const deviation = Math.sqrt(mean(Float64Array.from(x.data, (v) => (v - average) ** 2)))
    expect(average).toBeCloseTo(3, 0)
    expect(deviation / 2).toBeGreaterThan(0.7)
    expect(deviation / 2).toBeLessThan(1.1)
  })
})

describe('refuses', () => {
  it.each<[string, Parameters<typeof run>[0], typeof ValueError | typeof ShapeError, RegExp]>([
    ['a start that cannot move', { start: { data: new Float64Array(256), shape } }, ValueError, /gradient of 0/],
    ['a start of another shape', { start: { data: new Float64Array(255), shape: [255] } }, ShapeError, /16×16/],
    ['weights that leave nothing', { weights: () => 0 }, ValueError, /leaves no path/],
    ['a negative weight', { weights: () => -1 }, ValueError, /-1/],
    ['bounds in the wrong order', { bounds: { least: 2, most: 1 } }, ValueError, /least < most/],
  ])('%s', async (_, options, error, message) => {
    // without order 0 a constant has no coefficients
    const weights = options?.weights ?? (({ order }: Path) => order)
    const running = run({ ...options, weights })
    await expect(running).rejects.toThrow(error)
    await expect(running).rejects.toThrow(message)
  })

  it('a target of another shape, or with NaN', async () => {
    const other = { data: new Float64Array(256), shape: [1, 16, 16] }
    await expect(invert(other, transform, { minimise: descent })).rejects.toThrow(ShapeError)
    const broken = { data: target.data.map((v, i) => (i === 7 ? NaN : v)), shape: target.shape }
    await expect(invert(broken, transform, { minimise: descent })).rejects.toThrow(/not finite/)
  })
})
