import { type Tensor, ValueError, grad, mean, ones, random, sum } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { dropout, network } from '../index.ts'
import { listed } from '../operations/numbers.test.data.ts'
import { runLayer } from './run-layer.test.data.ts'

const none = { parameters: {}, state: {} }
const units = 40_000
const dropped = (rate: number, seed: number, scale: 'training' | 'inference'): number[] =>
  listed(
    network(dropout({ rate, scale }), [units]).forward(none, ones([1, units], { dtype: 'float64' }), {
      training: true,
      random: random(seed),
    }),
  )

describe.each([0.1, 0.5, 0.8])('rate %d', (rate) => {
  it.each(['training', 'inference'] as const)('drops as many as it says, and scales at %s', (scale) => {
    const y = dropped(rate, 1, scale)
    const kept = y.filter((v) => v !== 0)
    // five deviations of a binomial share
    const deviation = Math.sqrt((rate * (1 - rate)) / units)
    expect(Math.abs(kept.length / units - (1 - rate))).toBeLessThan(5 * deviation)
    expect(new Set(kept)).toEqual(new Set([scale === 'training' ? 1 / (1 - rate) : 1]))
  })

  it.each(['training', 'inference'] as const)('has the mean of inference, scaled at %s', (scale) => {
    const inference = network(dropout({ rate, scale }), [1])
      .forward(none, ones([1, 1]))
      .item()
    const average = dropped(rate, 2, scale).reduce((a, b) => a + b) / units
    const largest = scale === 'training' ? 1 / (1 - rate) : 1
    expect(inference).toBeCloseTo(scale === 'training' ? 1 : 1 - rate, 7)
    expect(Math.abs(average - inference)).toBeLessThan(5 * largest * Math.sqrt((rate * (1 - rate)) / units))
  })
})

it('drops units alone: neighbours are independent', () => {
  const y = dropped(0.5, 3, 'inference')
  const both = y.slice(1).filter((v, i) => v !== 0 && y[i] !== 0).length / (units - 1)
  expect(Math.abs(both - 0.25)).toBeLessThan(5 * Math.sqrt(0.25 / units))
})

it('follows from the seed, and goes on with the stream', () => {
  expect(dropped(0.5, 4, 'training')).toEqual(dropped(0.5, 4, 'training'))
  expect(dropped(0.5, 4, 'training')).not.toEqual(dropped(0.5, 5, 'training'))
  const [stream, net] = [random(4), network(dropout(), [100])]
  const draw = (): number[] => listed(net.forward(none, ones([1, 100]), { training: true, random: stream }))
  expect(draw()).not.toEqual(draw())
})

it('lets the gradient through where it lets units through', () => {
  const net = network(dropout(), [50])
  const x = ones([1, 50])
  const y = net.forward(none, x, { training: true, random: random(6) })
  const g = grad((a: Tensor) => sum(net.forward(none, a, { training: true, random: random(6) })))(x)
  expect(g.toTypedArray()).toEqual(y.toTypedArray())
})

it('does nothing in inference, and nothing at rate 0, without a stream', () => {
  const { x, y } = runLayer(dropout(), [10])
  expect(y.toTypedArray()).toEqual(x.toTypedArray())
  for (const scale of ['training', 'inference'] as const) {
    const still = runLayer(dropout({ rate: 0, scale }), [10], { training: true })
    expect(still.y.toTypedArray()).toEqual(still.x.toTypedArray())
  }
  expect(mean(y).item()).toBe(mean(x).item())
})

it.each([1, -0.1, NaN])('refuses the rate %d', (rate) => {
  expect(() => dropout({ rate })).toThrow(ValueError)
})
