import { random, tensor } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { conv2d, constant, given, network, whiteningFilters } from '../index.ts'

it('makes filters whose results have second moments λ / (λ + epsilon) and are not correlated, and their negatives', () => {
  // patches of 1×2 pixels, a ± b along the two diagonals: eigenvectors (1, 1)/√2 and (1, −1)/√2
  const [large, small, epsilon] = [9, 0.25, 0.01]
  const stream = random(1)
  const count = 40_000
  const data = new Float64Array(2 * count)
  for (let i = 0; i < count; i++) {
    const [a, b] = [stream.normal(0, Math.sqrt(large / 2)), stream.normal(0, Math.sqrt(small / 2))]
    data.set([a + b, a - b], 2 * i)
  }
  const pairs = { values: [large, small], vectors: [Math.SQRT1_2, Math.SQRT1_2, Math.SQRT1_2, -Math.SQRT1_2] }
  const filters = whiteningFilters(pairs, { epsilon })
  expect(Array.from(filters.subarray(4))).toEqual(Array.from(filters.subarray(0, 4), (v) => -v))
  expect(whiteningFilters(pairs, { epsilon, negatives: false })).toEqual(filters.subarray(0, 4))
  const layer = conv2d({ channels: 4, size: [1, 2], weight: given(filters), bias: constant(0) })
  const net = network(layer, [1, 1, 2])
  const y = net.forward(net.initialise(random(1), { dtype: 'float64' }), tensor(data, [count, 1, 1, 2])).toTypedArray()
  const moment = (p: number, q: number): number => {
    let sum = 0
    for (let i = 0; i < count; i++) sum += y[4 * i + p] * y[4 * i + q]
    return sum / count
  }
  // four standard errors of second moments of normal numbers
  const tolerance = 4 * Math.sqrt(2 / count)
  expect(Math.abs(moment(0, 0) - large / (large + epsilon))).toBeLessThan(tolerance)
  expect(Math.abs(moment(1, 1) - small / (small + epsilon))).toBeLessThan(tolerance)
  expect(Math.abs(moment(0, 1))).toBeLessThan(tolerance)
  expect(moment(0, 2)).toBeCloseTo(-moment(0, 0), 12)
})

it('refuses vectors that are not one for each value', () => {
  expect(() => whiteningFilters({ values: [1, 2], vectors: [1, 2, 3] })).toThrow('3 numbers are no 2 vectors')
  expect(() => whiteningFilters({ values: [], vectors: [] })).toThrow('one for each value')
  expect(() => whiteningFilters({ values: [1], vectors: [1] }, { epsilon: 0 })).toThrow('epsilon is 0')
})
