import { type Tensor, ValueError, grad, sum, tensor } from '@scatterlab/tensor'
import { gradientCheck as checkGradient, expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { type Layer, flatten, gelu, leakyRelu, modulus, network, relu, sigmoid, tanh } from '../index.ts'
import { runLayer } from './run-layer.test.data.ts'

const functions: [string, Layer, (v: number) => number][] = [
  ['relu', relu(), (v) => (v > 0 ? v : 0)],
  ['leakyRelu', leakyRelu(), (v) => (v > 0 ? v : 0.2 * v)],
  ['leakyRelu', leakyRelu({ slope: 0.01 }), (v) => (v > 0 ? v : 0.01 * v)],
  ['tanh', tanh(), (v) => 1 - 2 / (Math.exp(2 * v) + 1)],
  ['sigmoid', sigmoid(), (v) => 1 / (1 + Math.exp(-v))],
  // erf by its series, Abramowitz & Stegun, 7.1.5
  ['gelu', gelu(), (v) => (v / 2) * (1 + series(v / Math.SQRT2))],
  ['modulus', modulus(), (v) => (v < 0 ? -v : v)],
]

function series(x: number): number {
  let [term, sum] = [x, x]
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

it.each(functions)('%s', (kind, layer, f) => {
  const { net, weights, x, y } = runLayer(layer, [2, 3, 4])
  expectClose(y, Array.from(x.toTypedArray(), f), { absolute: 1e-15 })
  checkGradient((a) => net.forward(weights, a), [x])
  expect(layer.kind).toBe(kind)
  expect([net.output, net.parameterCount]).toEqual([[2, 3, 4], 0])
})

it('the derivative of the modulus at 0 is 0', () => {
  const net = network(modulus(), [3])
  const derivative = grad((x: Tensor) => sum(net.forward({ parameters: {}, state: {} }, x)))(
    tensor(Float32Array.of(-2, 0, 3), [1, 3]),
  )
  expect(derivative.toNested()).toEqual([[-1, 0, 1]])
})

describe('leakyRelu', () => {
  it.each([NaN, Infinity])('refuses the slope %d', (slope) => {
    expect(() => leakyRelu({ slope })).toThrow(ValueError)
  })
})

it('flatten reads channel by channel, row by row', () => {
  const { net, x, y } = runLayer(flatten(), [2, 3, 2])
  expect(net.output).toEqual([12])
  expect(y.shape).toEqual([3, 12])
  expect(y.toTypedArray()).toEqual(x.toTypedArray())
})
