import { type Backend, type Tensor, grad, mul, onBackend, reference, sum } from '@scatterlab/tensor'
import { gradientCheck as checkGradient, expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { batchNorm, channelMoments } from './batch-norm.ts'
import { listed, numbers } from './numbers.test.data.ts'

const x = numbers([3, 2, 4], 1)
const [scale, shift] = [numbers([2], 2), numbers([2], 3)]

describe('gradients, whichever of the arrays are followed', () => {
  it.each<[string, (...inputs: Tensor[]) => Tensor, Tensor[]]>([
    ['x', (a) => batchNorm(a, { scale, shift }), [x]],
    ['scale and shift', (s, b) => batchNorm(x, { scale: s, shift: b }), [scale, shift]],
    ['scale', (s) => batchNorm(x, { scale: s, shift }), [scale]],
    ['shift', (b) => batchNorm(x, { scale, shift: b }), [shift]],
    ['x and shift', (a, b) => batchNorm(a, { scale, shift: b }), [x, shift]],
    ['one array as scale and as shift', (s) => batchNorm(x, { scale: s, shift: s }), [scale]],
  ])('%s', (_, f, inputs) => checkGradient(f, inputs))

  it('add up where the same arrays normalise twice', () => {
    const twice = (a: Tensor, s: Tensor, b: Tensor): Tensor =>
      batchNorm(mul(batchNorm(a, { scale: s, shift: b }), a), { scale: s, shift: b })
    checkGradient(twice, [x, scale, shift])
    checkGradient((s, b) => twice(x, s, b), [scale, shift])
  })

  it('go through moments that are said to be those of x', () => {
    checkGradient(
      (a, s, b) => batchNorm(a, { scale: s, shift: b, moments: channelMoments(a), frozen: false }),
      [x, scale, shift],
    )
  })

  it('do not go through frozen moments', () => {
    const moments = channelMoments(x)
    const weights = numbers(x.shape, 4)
    const dx = grad((a: Tensor) => sum(mul(batchNorm(a, { scale, shift, moments }), weights)))(x)
    const variance = listed(moments.variance)
    const expected = listed(weights).map((g, i) => {
      const c = Math.floor(i / 4) % 2
      return (g * listed(scale)[c]) / Math.sqrt(variance[c] + 1e-5)
    })
    expectClose(dx, expected, { relative: 1e-13 })
  })
})

it.each([true, false])('all gradients take one pass over the images, with that of x: %s', (withX) => {
  let calls = 0
  const backend: Backend = {
    ...reference,
    run: (operation, args) => {
      if (operation.title === 'normaliseGradient') calls++
      operation.reference(...args)
    },
  }
  const [there, ...constants] = [x, scale, shift].map((array) => onBackend(array, backend))
  const f = (s: Tensor, b: Tensor, a = there): Tensor => sum(batchNorm(a, { scale: s, shift: b }))
  grad(([s, b, a]: readonly Tensor[]) => f(s, b, a))(withX ? [...constants, there] : constants)
  expect(calls).toBe(1)
})

it('gives every channel mean shift and deviation |scale|, up to ε', () => {
  const { mean, variance } = channelMoments(batchNorm(x, { scale, shift, epsilon: 1e-14 }))
  expectClose(mean, listed(shift), { absolute: 1e-13 })
  expectClose(
    variance,
    listed(scale).map((s) => s * s),
    { relative: 1e-12 },
  )
})

it('of a constant channel makes the shift, without a gradient that is infinite', () => {
  const flat = mul(numbers([1, 2, 1], 1), 1)
    .broadcastTo([3, 2, 4])
    .clone()
  const y = batchNorm(flat, { scale, shift })
  expectClose(
    y,
    listed(flat).map((_, i) => listed(shift)[Math.floor(i / 4) % 2]),
    { absolute: 1e-12 },
  )
  const dx = grad((a: Tensor) => sum(mul(batchNorm(a, { scale, shift }), numbers(x.shape, 4))))(flat)
  expect(listed(dx).every(Number.isFinite)).toBe(true)
})
