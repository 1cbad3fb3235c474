import { expect, it } from 'vitest'
import { inspect } from 'node:util'
import { reference } from '../backend/reference.ts'
import { arange } from './create.ts'
import { tensor } from './tensor.ts'

it('shows element type, shape and numbers, aligned', () => {
  expect(
    String(
      tensor([
        [1, 2.5],
        [-3, 1e-7],
      ]),
    ),
  ).toBe('Tensor float32 2×2\n[[   1,  2.5],\n [  -3, 1e-7]]')
  expect(String(tensor([0, NaN]))).toBe('Tensor float32 2\n[  0, NaN]')
  expect(String(tensor([5], []))).toBe('Tensor float32 scalar\n5')
  expect(String(tensor([], [0, 3]))).toBe('Tensor float32 0×3')
  expect(String(tensor([1, -2, 0.5, 3], [2], { dtype: 'complex128' }))).toBe('Tensor complex128 2\n[  1-2i, 0.5+3i]')
  expect(
    String(
      tensor([
        [[1], [2]],
        [[3], [4]],
      ]),
    ),
  ).toBe('Tensor float32 2×2×1\n[[[1],\n  [2]],\n\n [[3],\n  [4]]]')
})

it('is what the console shows, with long axes cut in the middle', () => {
  const x = arange(0, 1000).reshape(10, 100).transpose()
  expect(inspect(x)).toBe(String(x))
  expect(String(x)).toContain('[  0, 100, 200, …, 700, 800, 900],\n')
  expect(String(x).split('\n')).toHaveLength(8)
  expect(String(arange(0, 200)).includes('…')).toBe(false)
})

it('says where the numbers are when they are not here', () => {
  const x = tensor([1, 2])
  const away = { ...x.buffer, data: null }
  const there = tensor([1, 2], [2], { backend: { ...reference, name: 'gpu', adopt: () => away } })
  expect(String(there)).toBe('Tensor float32 2, on gpu: `await x.read()` gives its numbers')
})
