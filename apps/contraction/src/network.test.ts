import { network } from '@scatterlab/nn'
import { random, scope, tensor } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { depthOf, ladder, layerName, partialRelu } from './network.ts'

it('has thirteen convolutions of 32 channels on 3×32×32, as published', () => {
  const options = { width: 32, blocks: 2, stride: 1, dropped: 0.4 }
  const net = ladder([3, 32, 32], options)
  expect(depthOf(options)).toBe(13)
  const last = net.layers.find(({ name }) => name === layerName(13))
  expect(last?.output).toEqual([32, 8, 8])
  // 3×3 filters without biases, scale and shift of 13 norms, and ten classes
  expect(net.parameterCount).toBe(9 * 3 * 32 + 12 * 9 * 32 * 32 + 13 * 2 * 32 + 32 * 10 + 10)
})

it('rectifies the first ⌊α·channels⌋ channels', () => {
  const x = tensor(Float64Array.of(-1, 2, -3, 4, -5, 6, -7, 8), [1, 4, 1, 2])
  const of = (share: number): number[] => {
    const net = network(partialRelu(share), [4, 1, 2])
    return [...scope(() => net.forward({ parameters: {}, state: {} }, x).clone()).toTypedArray()] as number[]
  }
  expect(of(0)).toEqual([-1, 2, -3, 4, -5, 6, -7, 8])
  expect(of(0.6)).toEqual([0, 2, 0, 4, -5, 6, -7, 8])
  expect(of(1)).toEqual([0, 2, 0, 4, 0, 6, 0, 8])
  expect(() => partialRelu(1.1)).toThrow('a number from 0 to 1')
})

it('with α = 0 only its first layer is not affine', () => {
  const net = ladder([1, 8, 8], { width: 4, blocks: 1, stride: 1, dropped: 0, nonLinear: 0 })
  const weights = net.initialise(random(1), { dtype: 'float64' })
  const stream = random(2)
  const out = (data: Float64Array): number[] => [
    ...(scope(() => net.forward(weights, tensor(data, [1, 1, 8, 8])).clone()).toTypedArray() as Float64Array),
  ]
  const x = stream.fillNormal(new Float64Array(64))
  // from 0 the first rectifier is linear along a ray, so all of it is
  const [none, one, three] = [0, 1, 3].map((factor) => out(x.map((value) => factor * value)))
  three.forEach((value, k) => expect(value - none[k]).toBeCloseTo(3 * (one[k] - none[k]), 10))
})
