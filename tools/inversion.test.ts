// Inversion and synthesis by real minimisers, which `scattering` does not know: what falls, what ends a run, and what is said then.
import { adam, descend, lbfgs } from '@scatterlab/optim'
import {
  covariances2d,
  invert,
  moments2d,
  scattering1d,
  scattering2d,
  synthesise,
  timeFrequencyScattering,
} from '@scatterlab/scattering'
import { type ShapedArray, ShapeError, ValueError, random } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'

const normal = (length: number, seed: number): Float64Array =>
  random(seed).fillNormal(new Float64Array(length)) as Float64Array
const shape = [16, 16] as const
const image = {
  data: Float64Array.from({ length: 256 }, (_, i) => 1 + Math.sin(i / 16) * Math.cos((i % 16) / 3)),
  shape,
}
const transform = scattering2d({ shape, scales: 1, orientations: 4, maxOrder: 1 })
const target = transform.transform(image)

/** Relative changes that are rounding: the line search goes by slopes there. */
const ROUNDING = 1e-14

const neverRises = (history: readonly number[]): void =>
  history.slice(1).forEach((after, i) => expect(after).toBeLessThanOrEqual(history[i] * (1 + ROUNDING)))

describe('the loss never rises under the line search', () => {
  const sound = { data: Float64Array.from(normal(256, 3), (v, i) => v * Math.sin(i / 9)), shape: [256] }
  const signals = scattering1d({ length: 256, scales: 3, waveletsPerOctave: 2 })
  const joint = timeFrequencyScattering({ length: 256, scales: 3, waveletsPerOctave: 2, frequencyScales: 1 })

  it.each([
    ['images', () => invert(target, transform, { minimise: lbfgs, iterations: 30 }), 0.01],
    ['signals', () => invert(signals.transform(sound), signals, { minimise: lbfgs, iterations: 30 }), 0.05],
    ['time and log-frequency', () => invert(joint.transform(sound), joint, { minimise: lbfgs, iterations: 15 }), 0.2],
  ])('of %s', async (_, run, within) => {
    const { history, error } = await run()
    neverRises(history)
    expect(error).toBeLessThan(within)
  })

  it.each([
    ['moments', moments2d],
    ['covariances', covariances2d],
  ])('of a synthesis from %s', async (_, make) => {
    const model = make({ shape, scales: 2, orientations: 2 })
    const texture = { data: normal(256, 2).map((v, i) => v ** 3 + Math.sin(i / 16)), shape }
    const { history, error } = await synthesise(await model.transform(texture), model, {
      minimise: lbfgs,
      iterations: 30,
    })
    neverRises(history)
    expect(history.at(-1)).toBeLessThan(0.1 * history[0])
    expect(error).toBeLessThan(0.05)
  })
})

describe('other ends', () => {
  it('a target that no image has: the best result is given, and why the run ended', async () => {
    // averages of moduli are not negative
    const impossible = { ...target, data: target.data.map((v) => -v) }
    const start = { data: normal(256, 1), shape }
    const { x, error, history, reason, iterations } = await invert(impossible, transform, {
      minimise: lbfgs,
      iterations: 300,
      valueTolerance: 1e-12,
      start,
    })
    expect(['search', 'value']).toContain(reason)
    expect(iterations).toBeLessThan(300)
    neverRises(history)
    const S = transform.transform(x).data
    const off = Math.hypot(...S.map((v, i) => v - impossible.data[i])) / Math.hypot(...target.data)
    expect(error).toBeCloseTo(off, 8)
    expect(error).toBeGreaterThan(0.1)
  })

  it('a run that is stopped, and goes on from what it had', async () => {
    const controller = new AbortController()
    let [last, reached]: [ShapedArray | undefined, number] = [undefined, 1]
    const run = invert(target, transform, {
      minimise: lbfgs,
      iterations: 100,
      signal: controller.signal,
      onIteration: ({ iteration, error, x }) => {
        if (iteration < 8) return
        ;[last, reached] = [x(), error]
        controller.abort(new Error('enough'))
      },
    })
    await expect(run).rejects.toThrow('enough')
    const { error, history } = await invert(target, transform, { minimise: lbfgs, iterations: 10, start: last! })
    expect(history[0]).toBeLessThanOrEqual(reached)
    expect(error).toBeLessThan(reached)
  })

  it('a texture of zeros, a constant one, and a start at a fixed point', async () => {
    const model = moments2d({ shape, scales: 2, orientations: 2 })
    for (const grey of [0, 3]) {
      const M = await model.transform({ data: new Float64Array(256).fill(grey), shape })
      // what is left of a constant is rounding, and no texture
      const flat = { ...M, data: M.data.map((v) => (Math.abs(v) < 1e-12 ? 0 : v)) }
      await expect(synthesise(flat, model, { minimise: lbfgs })).rejects.toThrow(ValueError)
    }
    const M = await model.transform(image)
    const constant = { data: new Float64Array(256).fill(M.data[0]), shape }
    await expect(synthesise(M, model, { minimise: lbfgs, start: constant })).rejects.toThrow(/constant image/)
    const zero = { ...target, data: target.data.map(() => 0) }
    const { x, error } = await invert(zero, transform, { minimise: lbfgs, start: image, iterations: 60 })
    expect(error).toBeLessThan(0.01)
    expect(Math.max(...x.data.map(Math.abs))).toBeLessThan(0.05)
    const other = { data: new Float64Array(9), shape: [9] }
    await expect(invert(other, transform, { minimise: lbfgs })).rejects.toThrow(ShapeError)
  })
})

it('comes near by Adam, within bounds and by some paths only', async () => {
  const { x, error, history } = await invert(target, transform, {
    minimise: descend(adam({ rate: 0.05 })),
    iterations: 60,
    bounds: { least: 0 },
    weights: ({ order }) => (order === 0 ? 1 : 0.5),
  })
  expect(Math.min(...x.data)).toBeGreaterThanOrEqual(0)
  expect(error).toBeLessThan(0.2 * history[0])
  expect(error).toBe(Math.min(...history))
})
