import { type Tensor, grad, sum, tensor } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { relu } from './activations.ts'

it.each([0, 0.2, -1])('at 0 has the derivative of its left side, slope %d', (slope) => {
  const x = tensor(Float64Array.of(-2, 0, 3))
  const derivative = grad((a: Tensor) => sum(relu(a, slope)))(x)
  expect(Array.from(derivative.toTypedArray())).toEqual([slope, slope, 1])
})
