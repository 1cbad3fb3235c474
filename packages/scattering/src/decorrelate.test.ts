import { type Tensor, matmul, random, tensor } from '@scatterlab/tensor'
import { gradientCheck } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import { decorrelate } from './decorrelate.ts'
import { whitening } from './whitening.ts'

const normal = (length: number, seed: number): Float64Array =>
  random(seed).fillNormal(new Float64Array(length)) as Float64Array

/** Four numbers of arrays of six, two and two of which go together. */
const A = tensor(
  [
    [1, 1.2, 0, 0],
    [2, 1.9, 0, 0],
    [0, 0.1, 0, 0],
    [0, 0, 30, 29],
    [0, 0, 5, 4],
    [0, 0, 1, 3],
  ].flatMap((row) => row),
  [6, 4],
  { dtype: 'float64' },
)
const given = {
  numbersOf: (x: Tensor): Tensor => matmul(x, A),
  at: tensor(normal(12, 1), [2, 6]),
  step: 0.01,
  seed: 1,
  signal: undefined,
}

it('makes of numbers the squared distance to arrays whose numbers are 0', async () => {
  const sumOfSquares = await decorrelate(given)
  // the shortest way to change the numbers by Aᵀw is Aw for w in their space: ‖A(AᵀA)⁻¹e‖² = eᵀ(AᵀA)⁻¹e
  const x = tensor([1, 2, 0, 0, 0, 0], [1, 6], { dtype: 'float64' })
  const own = sumOfSquares(given.numbersOf(x)).item()
  expect(own).toBeGreaterThan(0.2 * 5)
  expect(own).toBeLessThan(2 * 5)
  const far = sumOfSquares(given.numbersOf(tensor([0, 0, 0, 1, 2, 0], [1, 6], { dtype: 'float64' }))).item()
  // the numbers themselves differ by 30 times
  expect(far / own).toBeGreaterThan(0.1)
  expect(far / own).toBeLessThan(3)
})

it('has the gradient of finite differences', async () => {
  const sumOfSquares = await decorrelate(given)
  expect(() => gradientCheck(sumOfSquares, [tensor(normal(8, 2), [2, 4])])).not.toThrow()
})

it('whitens: combinations of samples are independent, but for the share of the identity; what does not vary is left out', () => {
  const count = 400
  const white = normal(3 * count, 3)
  const samples = Float64Array.from({ length: 4 * count }, (_, i) => {
    const [a, b, c] = white.subarray(3 * Math.floor(i / 4))
    return [1000 * a, 500 * a + 200 * b, 1e-3 * c - 1e-6 * a, 0][i % 4]
  })
  const W = whitening(samples, count, 4)
  const combined = Float64Array.from({ length: 4 * count }, (_, i) =>
    [0, 1, 2, 3].reduce((sum, j) => sum + samples[4 * Math.floor(i / 4) + j] * W[4 * j + (i % 4)], 0),
  )
  for (let a = 0; a < 4; a++) {
    for (let b = 0; b <= a; b++) {
      let mean = 0
      for (let i = 0; i < count; i++) mean += (combined[4 * i + a] * combined[4 * i + b]) / count
      // the share of the identity takes some of the variance of what hardly shows
      const [least, most] = a === b && a < 3 ? [0.5, 1.05] : [-0.3, 0.3]
      expect(mean).toBeGreaterThan(least)
      expect(mean).toBeLessThan(most)
    }
  }
  expect(W.subarray(12)).toEqual(new Float64Array(4))
})
