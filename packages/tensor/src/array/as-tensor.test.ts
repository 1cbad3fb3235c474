import { describe, expect, it } from 'vitest'
import { type ArrayInput, asTensor } from './as-tensor.ts'
import { tensor } from './tensor.ts'

describe('asTensor', () => {
  const data = Float64Array.of(1, 2, 3, 4, 5, 6)

  it.each<[string, ArrayInput]>([
    ['a tensor', tensor(data, [2, 3])],
    ['data with a shape', { data, shape: [2, 3] }],
    ['an ndarray', { data: Float64Array.of(0, 1, 4, 2, 5, 3, 6), shape: [2, 3], stride: [1, 2], offset: 1 }],
    [
      'nested arrays',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
  ])('takes %s', (_, x) => {
    expect(asTensor(x, 'features').toNested()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
  })

  it('copies no typed array', () => {
    expect(asTensor({ data, shape: [6] }, 'features').buffer.data).toBe(data)
  })

  it.each<[unknown, string, string]>([
    [undefined, 'VALUE', 'features are undefined: give a Tensor'],
    [null, 'VALUE', 'features are null'],
    ['x', 'VALUE', "features are 'x'"],
    [{ data }, 'VALUE', 'features have no `shape`'],
    [{ data, shape: 6 }, 'VALUE', 'features have no `shape`'],
    [data, 'VALUE', 'features have no `shape`'],
    [{ shape: [2] }, 'DTYPE', 'features are undefined'],
    [{ data: Uint8Array.of(1), shape: [1] }, 'DTYPE', 'features are a Uint8Array: convert them to a Float32Array'],
    [{ data, shape: [7] }, 'SHAPE', '6 numbers do not fill shape'],
  ])('refuses %j', (x, code, message) => {
    expect(() => asTensor(x as ArrayInput, 'features')).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
  })
})
