import { complex, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { NotCloseError, expectClose } from './expect-close.ts'

describe('expectClose', () => {
  it('passes within the tolerance and fails just beyond it', () => {
    expectClose([1, 2], [1.1, 2], { absolute: 0.1 + 1e-12 })
    expect(() => expectClose([1, 2], [1.11, 2], { absolute: 0.1 })).toThrow(NotCloseError)
    expectClose([100, 1], [101, 1], { relative: 0.01 })
    expect(() => expectClose([100, 1], [101, 1.02], { relative: 0.01 })).toThrow(NotCloseError)
    expectClose([100, 1], [101, 1.02], { ofLargest: 0.01 })
    expect(() => expectClose([100, 1], [101, 3], { ofLargest: 0.01 })).toThrow(NotCloseError)
  })

  it('is exact by default', () => {
    expectClose(0.1, 0.1)
    expectClose(0, -0)
    expect(() => expectClose(1, 1 + Number.EPSILON)).toThrow('1 of 1 numbers')
  })

  it('holds NaN close to NaN only, and infinities to themselves', () => {
    expectClose([NaN, Infinity, -Infinity], [NaN, Infinity, -Infinity], { relative: 1 })
    for (const [a, b] of [
      [NaN, 0],
      [0, NaN],
      [Infinity, 1],
      [1, Infinity],
      [Infinity, -Infinity],
    ]) {
      expect(() => expectClose([a], [b], { absolute: 1 })).toThrow(NotCloseError)
    }
    expect(() => expectClose([NaN, 0], [0, Infinity], { absolute: 1, ofLargest: 1 })).toThrow('2 of 2')
  })

  it('says where it is worst, with both values', () => {
    const actual = tensor(new Float64Array([1, 2, 3, 4.5, 5, 7]), [2, 3])
    expect(() =>
      expectClose(
        actual,
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        { absolute: 0.1 },
      ),
    ).toThrow(/2 of 6 numbers .* \[1, 2\]: actual 7, expected 6, apart by 1 where 0\.1 is allowed/)
    const z = complex(tensor([1, 2]), tensor([3, 4]))
    expect(() => expectClose(z, [1, 3, 2, 5])).toThrow('[1] (imaginary part): actual 4, expected 5')
    expect(() => expectClose([1, 2], [1, 3])).toThrow('at [1]')
  })

  it('compares shapes and counts first', () => {
    expect(() => expectClose(tensor([[1, 2]]), tensor([1, 2]))).toThrow('shape 1×2 where 2 is expected')
    expect(() => expectClose([1], [1, 2])).toThrow('1 numbers where 2 are expected')
  })

  it('reads strided views in row-major order', () => {
    expectClose(
      tensor([
        [1, 2],
        [3, 4],
      ]).transpose(),
      [
        [1, 3],
        [2, 4],
      ],
    )
  })
})
