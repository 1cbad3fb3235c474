import { lbfgs } from '@scatterlab/optim'
import {
  type Moments,
  covariances1d,
  covariances2d,
  gaussianTwin,
  moments1d,
  moments2d,
  synthesise,
} from '@scatterlab/scattering'
import { random } from '@scatterlab/tensor'
import { createWasmBackend } from '@scatterlab/wasm'
import { expect, it } from 'vitest'

const backend = createWasmBackend()
const models: [string, Moments][] = [
  ['moments of images', moments2d({ shape: [32, 32], scales: 3, orientations: 3, backend })],
  ['covariances of images', covariances2d({ shape: [32, 32], scales: 3, orientations: 2, backend })],
  ['moments of signals', moments1d({ length: 512, scales: 5, backend })],
  ['covariances of signals', covariances1d({ length: 512, scales: 5, backend })],
]

it.each(models)('what L-BFGS minimises never rises, of %s', async (_, model) => {
  const size = model.inputShape.reduce((product, n) => product * n, 1)
  const spikes = random(1)
    .fillNormal(new Float32Array(size))
    .map((v) => v ** 3)
  const target = await model.transform({ data: spikes, shape: model.inputShape })
  const { error, history } = await synthesise(target, model, { minimise: lbfgs, iterations: 40, count: 3, seed: 2 })
  // of single-precision values, to their rounding
  history.slice(1).forEach((after, i) => expect(after).toBeLessThanOrEqual(history[i] * (1 + 1e-6)))
  expect(error).toBeLessThan(0.1)
  expect(history.at(-1)).toBeLessThan(0.1 * history[0])
})

it('of a start that has no error left it says so at once, and returns the best of a descent that cannot end', async () => {
  const [, model] = models[2]
  const data = random(3)
    .fillNormal(new Float32Array(512))
    .map((v) => v ** 3)
  const start = { data, shape: [512] }
  const target = await model.transform(start)
  const met = await synthesise(target, model, { minimise: lbfgs, iterations: 20, start })
  expect(met.error).toBeLessThan(1e-6)
  // a mean modulus above the root of its power
  const impossible = { ...target, data: target.data.map((v, p) => (model.paths[p].kind === 'power' ? v / 9 : v)) }
  const twin = gaussianTwin({ data, shape: [1, 512] }, { seed: 1 })
  const first = { data: Float32Array.from(twin.data), shape: [512] }
  const before = await synthesise(impossible, model, { minimise: lbfgs, iterations: 0, start: first })
  const { x, error, reason } = await synthesise(impossible, model, { minimise: lbfgs, iterations: 200, start: first })
  expect(['search', 'iterations']).toContain(reason)
  expect(error).toBeGreaterThan(0.05)
  expect(error).toBeLessThan(before.error)
  expect(x.data.every(Number.isFinite)).toBe(true)
})
