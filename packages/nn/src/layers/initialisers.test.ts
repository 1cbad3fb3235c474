import { random, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import {
  type Initialiser,
  constant,
  conv2d,
  dirac,
  given,
  glorot,
  he,
  linear,
  network,
  normal,
  uniform,
} from '../index.ts'

const n = 40_000
const fans = { fanIn: 50, fanOut: 200 }

it.each<[string, Initialiser, mean: number, deviation: number]>([
  ['normal(0.01)', normal(0.01), 0, 0.01],
  ['normal(0.02, 1)', normal(0.02, 1), 1, 0.02],
  ['uniform(-1, 3)', uniform(-1, 3), 1, 4 / Math.sqrt(12)],
  ['he()', he(), 0, Math.sqrt(2 / 50)],
  ['he, fan out', he({ fan: 'out' }), 0, Math.sqrt(2 / 200)],
  ['he, slope 0.2', he({ slope: 0.2 }), 0, Math.sqrt(2 / 1.04 / 50)],
  ['he, uniform', he({ distribution: 'uniform' }), 0, Math.sqrt(2 / 50)],
  ['glorot', glorot, 0, Math.sqrt(2 / 250)],
])('%s has the mean and the deviation that it says', (_, initialise, mean, deviation) => {
  const data = new Float64Array(n)
  initialise(data, fans, random(1))
  const average = data.reduce((a, b) => a + b) / n
  const spread = Math.sqrt(data.reduce((sum, v) => sum + (v - average) ** 2, 0) / n)
  // five deviations of the mean of n numbers, and of the deviation of n normal ones, whose tails are the longest here
  expect(Math.abs(average - mean)).toBeLessThan((5 * deviation) / Math.sqrt(n))
  expect(Math.abs(spread - deviation)).toBeLessThan((5 * deviation) / Math.sqrt(2 * n))
})

it.each([
  ['glorot', glorot, Math.sqrt(6 / 250)],
  ['uniform', uniform(-0.5, 0.5), 0.5],
  // PyTorch: kaiming_uniform_(a = √5) is U(±1 / √fanIn)
  ['he as PyTorch begins', he({ slope: Math.sqrt(5), distribution: 'uniform' }), 1 / Math.sqrt(50)],
] as const)('%s stays within its bounds, and comes near them', (_, initialise, bound) => {
  const data = new Float64Array(n)
  initialise(data, fans, random(1))
  const largest = data.reduce((top, v) => Math.max(top, Math.abs(v)), 0)
  expect(largest).toBeLessThanOrEqual(bound)
  expect(largest).toBeGreaterThan(0.99 * bound)
})

it('constant is one number everywhere', () => {
  const data = new Float32Array(3)
  constant(1)(data, fans, random(1))
  expect(Array.from(data)).toEqual([1, 1, 1])
})

it('layers begin as He et al. say, with biases of 0, by their own fans', () => {
  const { parameters } = network(conv2d({ channels: 64, size: 5, groups: 2 }), [32, 9, 9]).initialise(random(1))
  const weights = Array.from(parameters.weight.toTypedArray())
  const deviation = Math.sqrt(weights.reduce((sum, v) => sum + v * v, 0) / weights.length)
  // 16 channels of 25 places; 25,600 numbers
  expect(Math.abs(deviation / Math.sqrt(2 / 400) - 1)).toBeLessThan(5 / Math.sqrt(2 * 25_600))
  expect(parameters.bias.toTypedArray().every((v) => v === 0)).toBe(true)
})

it('layers begin as they are told', () => {
  const layer = linear({ units: 2, weight: constant(3), bias: constant(1) })
  const { parameters } = network(layer, [2]).initialise(random(1))
  expect([parameters.weight.toNested(), parameters.bias.toNested()]).toEqual([
    [
      [3, 3],
      [3, 3],
    ],
    [1, 1],
  ])
})

describe('dirac', () => {
  it.each([
    [4, 6, 3],
    [6, 4, 3],
    [3, 3, 1],
    [2, 2, 5],
  ])('hands %d channels on through %d filters of side %d', (channels, filters, size) => {
    const padding = (size - 1) / 2
    const net = network(conv2d({ channels: filters, size, padding, weight: dirac(constant(7)), bias: false }), [
      channels,
      6,
      5,
    ])
    const weights = net.initialise(random(1), { dtype: 'float64' })
    const x = tensor(random(2).fillNormal(new Float64Array(2 * channels * 30)), [2, channels, 6, 5])
    const y = net.forward(weights, x)
    const shared = Math.min(channels, filters)
    expect(y.slice([0, 2], [0, shared]).toNested()).toEqual(x.slice([0, 2], [0, shared]).toNested())
    const rest = weights.parameters.weight.toTypedArray().subarray(shared * channels * size ** 2)
    expect(rest.every((v) => v === 7)).toBe(true)
  })

  it('refuses filters without a middle, and groups', () => {
    const begin = (options: { size: number; groups?: number }) => () =>
      network(conv2d({ channels: 4, weight: dirac(), ...options }), [4, 6, 6]).initialise(random(1))
    expect(begin({ size: 2 })).toThrow('squares of an odd side')
    expect(begin({ size: 3, groups: 4 })).toThrow('one group')
  })
})

it('given is numbers that are given', () => {
  const { parameters } = network(linear({ units: 2, weight: given([1, 2, 3, 4]) }), [2]).initialise(random(1))
  expect(parameters.weight.toNested()).toEqual([
    [1, 2],
    [3, 4],
  ])
  expect(() => network(linear({ units: 2, weight: given([1]) }), [2]).initialise(random(1))).toThrow(
    'given: 1 numbers for an array of 4',
  )
})
