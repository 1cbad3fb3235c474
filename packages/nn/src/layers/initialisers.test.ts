import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { type Initialiser, constant, conv2d, glorot, he, linear, network, normal, uniform } from '../index.ts'

const n = 40_000
const fans = { fanIn: 50, fanOut: 200 }

it.each<[string, Initialiser, mean: number, deviation: number]>([
  ['normal(0.01)', normal(0.01), 0, 0.01],
  ['normal(0.02, 1)', normal(0.02, 1), 1, 0.02],
  ['uniform(-1, 3)', uniform(-1, 3), 1, 4 / Math.sqrt(12)],
  ['he()', he(), 0, Math.sqrt(2 / 50)],
  ['he, fan out', he({ fan: 'out' }), 0, Math.sqrt(2 / 200)],
  ['he, slope 0.2', he({ slope: 0.2 }), 0, Math.sqrt(2 / 1.04 / 50)],
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
