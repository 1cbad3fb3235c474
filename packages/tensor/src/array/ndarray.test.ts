import { copy } from '../operations/copy.ts'
import ndarray, { type NdArray } from 'ndarray'
import { describe, expect, it } from 'vitest'
import { DTypeError } from '../errors.ts'
import { elements, noise } from '../fourier/naive.test.oracle.ts'
import { fromNdarray } from './from-ndarray.ts'
import { toNdarray } from './to-ndarray.ts'
import { reference } from '../backend/reference.ts'
import { Tensor } from './tensor.ts'

describe('toNdarray', () => {
  it('shares the memory of any view', () => {
    const x = noise([3, 4], 1)
    const view = x.transpose().slice([3, 0, -2])
    const array = toNdarray(view)
    expect([array.shape, array.stride, array.offset]).toEqual([[2, 3], [-2, 4], 3])
    expect(array.get(1, 2)).toBe(elements(view)[5])
    array.set(0, 1, 77)
    expect(x.slice(1, 3).item()).toBe(77)
  })

  it('gives a complex array a last axis of two', () => {
    const z = noise([2, 3], 1, 'complex64')
    const array = toNdarray(z)
    expect(array.shape).toEqual([2, 3, 2])
    expect(array.get(1, 2, 1)).toBe(z.imag.slice(1, 2).item())
    expect(elements(fromNdarray(array).asComplex())).toEqual(elements(z))
  })

  it('does not reach into a device', () => {
    const device = { ...reference, name: 'gpu' }
    const x = new Tensor(device, { ...noise([2], 1), buffer: { dtype: 'float64', length: 2, data: null } })
    expect(() => toNdarray(x)).toThrow('await x.read()')
  })
})

describe('fromNdarray', () => {
  it('shares the memory of any view', () => {
    const data = new Float64Array(12).map((_, i) => i)
    const array = ndarray(data, [3, 4]).transpose(1, 0).step(-1, 2).lo(1, 0)
    const x = fromNdarray(array)
    expect(x.toNested()).toEqual([
      [2, 10],
      [1, 9],
      [0, 8],
    ])
    expect(x.dtype).toBe('float64')
    array.set(0, 1, -1)
    expect(x.slice(0, 1).item()).toBe(-1)
    copy(reference, noise([], 1), x.slice(2, 0))
    expect(data[0]).toBe(elements(noise([], 1))[0])
  })

  it('refuses other data, with the fix', () => {
    const integers = ndarray(new Int32Array(2)) as unknown as NdArray<Float32Array>
    expect(() => fromNdarray(integers)).toThrow(DTypeError)
    expect(() => fromNdarray(integers)).toThrow('ndarray of int32: convert its data to a Float32Array')
  })
})
