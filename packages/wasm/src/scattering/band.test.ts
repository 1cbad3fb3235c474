import { type View, reference } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { bandOf } from './band.ts'

const row = (values: readonly number[]): View => ({
  buffer: reference.adopt(Float32Array.from(values)),
  dtype: 'float32',
  shape: [1, values.length],
  strides: [values.length, 1],
  offset: 0,
  imagStride: 0,
})

describe('bandOf', () => {
  const band = (taps: readonly number[], start: number, length: number) =>
    bandOf({ taps: row(taps), starts: Int32Array.of(start) }, length)[0]

  it('adds the two samples of a symmetric tap', () => {
    expect(band([1, 2, 1], 4, 5)).toEqual([
      { first: 4, second: 1, tap: 1 },
      { first: 0, second: null, tap: 2 },
    ])
    expect(band([1, 1], 0, 5)).toEqual([{ first: 0, second: 1, tap: 1 }])
  })

  it('finds the centre of a whole period, whose far end stands alone', () => {
    expect(band([7, 1, 9, 1], 0, 4)).toEqual([
      { first: 0, second: null, tap: 7 },
      { first: 1, second: 3, tap: 1 },
      { first: 2, second: null, tap: 9 },
    ])
  })

  it('leaves others as they are', () => {
    expect(band([1, 2, 3], 0, 9)?.every(({ second }) => second === null)).toBe(true)
  })
})
