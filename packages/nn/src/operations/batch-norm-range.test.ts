import { type RealDType, type Tensor, grad, mul, random, sum, tensor } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import { batchNorm as layer, network } from '../index.ts'
import { batchNorm } from './batch-norm.ts'
import { listed, numbers } from './numbers.test.data.ts'

const [scale, shift] = [numbers([2], 2), numbers([2], 3)]

/** The first channel of [3, 2, 4] in units of `unit`. */
const scaled = (x: Tensor, unit: number): Tensor =>
  tensor(
    x.toTypedArray().map((v, i) => (Math.floor(i / 4) % 2 === 0 ? v * unit : v)),
    x.shape,
  )

it.each<[RealDType, number]>([
  ['float32', 1e20],
  ['float32', 1e30],
  ['float32', 1e38],
  ['float64', 1e200],
  ['float64', 1e307],
])('of %s in units of %d', (dtype, unit) => {
  const x = scaled(numbers([3, 2, 4], 1).clone(dtype), unit)
  const [s, b] = [scale.clone(dtype), shift.clone(dtype)]
  const relative = dtype === 'float32' ? 2e-6 : 1e-14
  // in units of their own, where ε is nothing
  const inUnits = scaled(x.clone('float64'), 1 / unit)
  const expected = listed(batchNorm(inUnits, { scale, shift, epsilon: 1e-30 }))
  expectClose(batchNorm(x, { scale: s, shift: b, epsilon: 1e-30 }), expected, { relative })
  const weights = numbers(x.shape, 4)
  const gradient = (w: Tensor, s: Tensor, b: Tensor) =>
    grad((a: Tensor) => sum(mul(batchNorm(a, { scale: s, shift: b, epsilon: 1e-30 }), w)))
  const dx = listed(gradient(weights.clone(dtype), s, b)(x)).map((g, i) => (Math.floor(i / 4) % 2 === 0 ? g * unit : g))
  expectClose(dx, listed(gradient(weights, scale, shift)(inUnits)), { relative: 10 * relative })
})

it('keeps the running moments of a layer usable', () => {
  const net = network(layer(), [1])
  const weights = net.initialise(random(1))
  const y = net.forward(weights, tensor(Float32Array.of(1e30, -1e30), [2, 1]), { training: true })
  expect(y.toNested()).toEqual([[1], [-1]])
  const { running_mean: mean, running_var: variance } = weights.state
  expect(mean.item()).toBe(0)
  // 2^120 in the place of 1e60, a tenth of it, times 2 / 1
  expect(variance.item() / (2 ** 120 * 0.2)).toBeCloseTo(1, 6)
  for (let i = 0; i < 1000; i++) {
    net.forward(weights, tensor(Float32Array.of(1, 3), [2, 1]), { training: true })
  }
  expect(variance.item()).toBeCloseTo(2, 4)
})

it('leaves what is not finite as it is', () => {
  const net = network(layer(), [2])
  const x = tensor(Float32Array.of(Infinity, 1, 2, 3), [2, 2])
  const y = listed(net.forward(net.initialise(random(1)), x, { training: true }))
  expect([y[0], y[2]]).toEqual([NaN, NaN])
  // ±1 / √(1 + 1e-5)
  expect([y[1], y[3]].map((v) => v.toFixed(6))).toEqual(['-0.999995', '0.999995'])
})
