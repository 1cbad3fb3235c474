import { describe, expect, it } from 'vitest'
import { DTypeError, ValueError } from '../errors.ts'
import { elements, noise } from '../fourier/naive.test.oracle.ts'
import { grad } from '../gradient/grad.ts'
import { sum } from '../array/reduction.ts'
import { type Tensor, tensor } from '../array/tensor.ts'
import { countingBackend } from '../backend/counting.test.backend.ts'
import { onBackend } from '../array/create.ts'
import { scope } from '../array/scope.ts'
import { derived } from './derivative.ts'
import { complexPointwise } from './complex-pointwise.ts'
import { plus } from './operators.ts'
import { pointwise } from './pointwise.ts'

describe('complex arguments', () => {
  it('have gradients in both parts, also of real results', () => {
    const total = complexPointwise('total', (z) => plus(z.re, z.im), derived)
    const z = noise([3], 1, 'complex128')
    const slope = grad((a: Tensor) => sum(total(a)))(z)
    expect(elements(slope.asReal())).toEqual([1, 1, 1, 1, 1, 1])
    expect(total(z).dtype).toBe('float64')
  })

  it('are refused where a body is of real numbers', () => {
    const double = pointwise('double', (x) => x.times(2))
    expect(() => double(noise([2], 1, 'complex64'))).toThrow(DTypeError)
    expect(() => double('x' as unknown as Tensor)).toThrow(ValueError)
    expect(() => (double as unknown as () => Tensor)()).toThrow('double takes a Tensor, not undefined')
  })
})

it('what is made on the way is given back', () => {
  const backend = countingBackend()
  const scale = pointwise('scale', (x, y) => x.times(y))
  scope(() => {
    const single = onBackend(tensor([1, 2]), backend)
    const double = onBackend(noise([2], 1), backend)
    const before = backend.live.size
    const product = scale(single, double)
    expect([product.dtype, backend.live.size]).toEqual(['float64', before + 1])
    scale.into(single, single, double)
    expect(backend.live.size).toBe(before + 1)
    expect(elements(single)).toEqual(elements(product).map(Math.fround))
    return null
  })
  expect(backend.live.size).toBe(0)
})
