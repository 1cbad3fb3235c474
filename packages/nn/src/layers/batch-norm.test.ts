import { ShapeError, ValueError, random, tensor } from '@scatterlab/tensor'
import { gradientCheck as checkGradient, expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { batchNorm, constant, network, normal, sequential } from '../index.ts'
import { momentsOf, normalisedBy } from '../operations/naive.test.oracle.ts'
import { listed, numbers } from '../operations/numbers.test.data.ts'
import { runLayer } from './run-layer.test.data.ts'

const affine = { weight: normal(0.5, 1), bias: normal(0.5) }

describe('in training', () => {
  it("normalises by the batch's moments", () => {
    const { weights, x, y } = runLayer(batchNorm({ ...affine, epsilon: 0.01 }), [2, 3, 3], { training: true })
    const { weight, bias } = weights.parameters
    expectClose(y, normalisedBy(x, momentsOf(x), weight, bias, 0.01), { absolute: 1e-14 })
  })

  it.each([0.1, 0.3, 1, 0])('moves the running moments by the closed recursion, momentum %d', (momentum) => {
    const net = network(batchNorm({ momentum }), [3, 2, 2])
    const weights = net.initialise(random(1), { dtype: 'float64' })
    const batches = [1, 2, 3, 4, 5].map((seed) => numbers([seed + 1, 3, 2, 2], seed))
    for (const batch of batches) net.forward(weights, batch, { training: true })
    // r_T = (1 − m)^T·r₀ + Σ m·(1 − m)^{T−1−t}·b_t, the variances of n samples times n / (n − 1)
    const moments = batches.map(momentsOf)
    const closed = (first: number, of: (m: (typeof moments)[number]) => number[]): number[] =>
      [0, 1, 2].map((c) =>
        moments.reduce(
          (sum, m, t) => sum + momentum * (1 - momentum) ** (moments.length - 1 - t) * of(m)[c],
          first * (1 - momentum) ** moments.length,
        ),
      )
    const unbiased = ({ variance, samples }: (typeof moments)[number]): number[] =>
      variance.map((v) => (v * samples) / (samples - 1))
    expectClose(
      weights.state.running_mean,
      closed(0, ({ mean }) => mean),
      { absolute: 1e-14 },
    )
    expectClose(weights.state.running_var, closed(1, unbiased), { absolute: 1e-14 })
  })

  it('of vectors takes each number as a channel', () => {
    const { weights, x, y } = runLayer(batchNorm(affine), [4], { training: true })
    expectClose(y, normalisedBy(x, momentsOf(x), weights.parameters.weight, weights.parameters.bias), {
      absolute: 1e-14,
    })
  })

  it('asks for two samples per channel', () => {
    expect(() => runLayer(batchNorm(), [4], { items: 1, training: true })).toThrow(ShapeError)
    expect(runLayer(batchNorm(), [4], { items: 1 }).y.shape).toEqual([1, 4])
    expect(runLayer(batchNorm(), [4, 1, 2], { items: 1, training: true }).y.shape).toEqual([1, 4, 1, 2])
  })

  it('moves the moments of both layers where one is used twice over', () => {
    const shared = batchNorm({ momentum: 1 })
    const { weights } = runLayer(sequential({ a: shared, b: shared }), [2, 2], { training: true })
    expectClose(weights.state['b.running_mean'], [0, 0], { absolute: 1e-14 })
    expect(Math.abs(listed(weights.state['a.running_mean'])[0])).toBeGreaterThan(1e-3)
  })
})

describe('the gradient', () => {
  const net = network(batchNorm(affine), [2, 3])
  const { parameters, state } = net.initialise(random(1), { dtype: 'float64' })
  const x = numbers([3, 2, 3], 1)
  const inputs = [x, parameters.weight, parameters.bias]

  it.each([true, false])('goes through the moments of the batch, not through running ones: training %s', (training) => {
    checkGradient((a, weight, bias) => net.forward({ parameters: { weight, bias }, state }, a, { training }), inputs)
  })
})

describe('in inference', () => {
  it('normalises by the running moments, which stay', () => {
    const layer = batchNorm(affine)
    const first = network(layer, [2, 3]).initialise(random(1), { dtype: 'float64' })
    const state = { running_mean: numbers([2], 5), running_var: tensor(Float64Array.of(0.3, 2)) }
    const { x, y } = runLayer(layer, [2, 3], { weights: { ...first, state } })
    const running = { mean: listed(state.running_mean), variance: [0.3, 2] }
    expectClose(y, normalisedBy(x, running, first.parameters.weight, first.parameters.bias), { absolute: 1e-14 })
    expect(listed(state.running_mean)).toEqual(listed(numbers([2], 5)))
  })

  it('treats every item alone', () => {
    const layer = batchNorm(affine)
    const { weights, x, y, net } = runLayer(layer, [2, 3], { items: 4 })
    expectClose(net.forward(weights, x.slice([2, 3])), listed(y.slice([2, 3]).contiguous()))
  })
})

it.each([
  [{ epsilon: 0 }, 'batchNorm: epsilon is 0: it must be positive and finite'],
  [{ momentum: 1.5 }, 'batchNorm: momentum is 1.5: it must be a number, 0 to 1'],
  [{ momentum: NaN }, 'momentum is NaN'],
])('refuses %j', (options, says) => {
  expect(() => batchNorm(options)).toThrow(ValueError)
  expect(() => batchNorm(options)).toThrow(says)
})

it("begins with PyTorch's numbers, or those that are given", () => {
  const { parameters } = network(batchNorm(), [2]).initialise(random(1))
  expect([parameters.weight.toNested(), parameters.bias.toNested()]).toEqual([
    [1, 1],
    [0, 0],
  ])
  const other = network(batchNorm({ weight: constant(2), bias: constant(3) }), [1]).initialise(random(1)).parameters
  expect([other.weight.item(), other.bias.item()]).toEqual([2, 3])
})
