import * as operations from '../operations/index.ts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DTypeError } from '../errors.ts'
import { matmul } from './matmul.ts'
import { elementAt, elements, indicesOf, noise, views } from '../fourier/naive.test.oracle.ts'
import { reference } from '../backend/reference.ts'
import { type Tensor, empty } from './tensor.ts'

function naive(a: Tensor, b: Tensor, index: readonly number[]): number {
  const [i, j] = index.slice(-2)
  const lead = (x: Tensor): number[] =>
    x.shape.slice(0, -2).map((n, axis) => (n === 1 ? 0 : index[index.length - x.rank + axis]))
  let sum = 0
  for (let k = 0; k < a.shape[a.rank - 1]; k++)
    sum += elementAt(a, [...lead(a), i, k]) * elementAt(b, [...lead(b), k, j])
  return sum
}

const length = fc.nat(9)
const batches = fc.tuple(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }), fc.nat(3), fc.nat(3), fc.nat(2))

it('is Σ_k a[i, k]·b[k, j] for any views and batches', () => {
  const arguments_ = fc.tuple(length, length, length, batches).chain(([m, k, n, [batch, maskA, maskB, drop]]) => {
    const masked = (mask: number): number[] => batch.map((size, axis) => ((mask >> axis) & 1 ? 1 : size))
    return fc.tuple(views([...masked(maskA).slice(drop), m, k]), views([...masked(maskB), k, n]))
  })
  fc.assert(
    fc.property(arguments_, ([a, b]) => {
      const y = matmul(a, b)
      expect(y.shape.slice(-2)).toEqual([a.shape[a.rank - 2], b.shape[b.rank - 1]])
      // the elements are small dyadic numbers, so that every sum is exact
      expect(elements(y)).toEqual(indicesOf(y.shape).map((index) => naive(a, b, index)))
    }),
    { numRuns: 300 },
  )
})

it('is right across the panels’ edges', () => {
  for (const [m, k, n] of [
    [257, 3, 5],
    [5, 257, 3],
    [3, 5, 257],
    [258, 513, 6],
    [1, 600, 1],
  ]) {
    const [a, b] = [noise([m, k], 1), noise([k, n], 2)]
    const y = matmul(a, b)
    for (const index of indicesOf([m, n])) expect(elementAt(y, index)).toBe(naive(a, b, index))
  }
})

it('adds to its output when asked', () => {
  const [a, b] = [noise([3, 4], 1), noise([4, 5], 2)]
  const out = noise([3, 5], 3)
  const before = elements(out)
  operations.matmul(reference, a, b, out, true)
  expect(elements(out)).toEqual(indicesOf([3, 5]).map((index, i) => before[i] + naive(a, b, index)))
  operations.matmul(reference, noise([3, 0], 1), noise([0, 5], 1), out, true)
  expect(elements(out)).not.toContain(NaN)
})

it('writes to any view', () => {
  const [a, b] = [noise([3, 4], 1), noise([4, 5], 2)]
  const out = noise([7, 9], 3)
  operations.matmul(reference, a, b, out.transpose().slice([8, undefined, -3], [1, 6]))
  expect(elements(out.transpose().slice([8, undefined, -3], [1, 6]))).toEqual(elements(matmul(a, b)))
  expect(elements(out.slice(0))).toEqual(elements(noise([7, 9], 3).slice(0)))
})

it('of an empty inner axis is 0, whatever the memory held', () => {
  const out = empty([2, 3])
  out.buffer.data?.fill(NaN)
  operations.matmul(reference, noise([2, 0], 1, 'float32'), noise([0, 3], 1, 'float32'), out)
  expect(elements(out)).toEqual([0, 0, 0, 0, 0, 0])
})

it('names both shapes when they do not fit', () => {
  expect(() => matmul(noise([2, 3], 1), noise([4, 5], 1))).toThrow(
    'cannot multiply 2×3 by 4×5: inner lengths must agree',
  )
  expect(() => matmul(noise([3], 1), noise([3, 5], 1))).toThrow('cannot multiply 3 by 3×5')
  expect(() => matmul(noise([2, 2, 3], 1), noise([3, 3, 4], 1))).toThrow('shapes 2 and 3 do not broadcast')
  expect(() => matmul(noise([2, 2], 1, 'complex64'), noise([2, 2], 1))).toThrow(DTypeError)
  expect(matmul(noise([2, 2], 1, 'float32'), noise([2, 2], 1)).dtype).toBe('float64')
})
