import { expect, it } from 'vitest'
import { type DType, complexOf, dtypeOf, isComplex, promote, realArray, realOf } from './dtype.ts'

const types: readonly DType[] = ['float32', 'float64', 'complex64', 'complex128']

it('real and complex types go in pairs', () => {
  expect(types.map(isComplex)).toEqual([false, false, true, true])
  expect(types.map(realOf)).toEqual(['float32', 'float64', 'float32', 'float64'])
  expect(types.map(complexOf)).toEqual(['complex64', 'complex128', 'complex64', 'complex128'])
})

it('promotion is the least upper bound: commutative, associative, idempotent', () => {
  for (const a of types) {
    expect(promote(a, a)).toBe(a)
    for (const b of types) {
      expect(promote(a, b)).toBe(promote(b, a))
      expect(isComplex(promote(a, b))).toBe(isComplex(a) || isComplex(b))
      for (const c of types) expect(promote(promote(a, b), c)).toBe(promote(a, promote(b, c)))
    }
  }
  expect(promote('complex64', 'float64')).toBe('complex128')
})

it('typed arrays have a type and back', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const data = realArray(dtype, 3)
    expect([dtypeOf(data), data.length, data[0]]).toEqual([dtype, 3, 0])
  }
})
