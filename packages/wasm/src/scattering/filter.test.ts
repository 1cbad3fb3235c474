import { type View, reference } from '@scatterlab/tensor'
import { type SpectralFilter } from '@scatterlab/tensor/operations'
import { describe, expect, it } from 'vitest'
import { foldFilter, trimRows } from './filter.ts'

const table = (values: readonly number[], columns: number): View => ({
  buffer: reference.adopt(Float32Array.from(values)),
  dtype: 'float32',
  shape: [values.length / columns, columns],
  strides: [columns, 1],
  offset: 0,
  imagStride: 0,
})

describe('foldFilter', () => {
  const grid = { H: 8, W: 8, height: 4, width: 4, whole: false }
  const filter = (row: number, column: number, values: readonly number[], columns: number): SpectralFilter => ({
    row,
    column,
    values: table(values, columns),
  })

  it('takes ψ̂(−k) where that lies in the stored half', () => {
    const psi = filter(1, -3, [1, 2], 2)
    const folded = foldFilter(psi, psi.values.buffer.data!, grid, true)
    expect([folded.column, folded.columns]).toEqual([2, 2])
    // Frequency (1, −3) became (−1, 3).
    expect(folded.targets[3]).toEqual([{ ky: 7, column: 2, weights: Float64Array.of(2 / 64, 1 / 64) }])
    expect(folded.targets[1]).toEqual([])
  })

  it('drops what single precision cannot tell from nothing, at the ends of rows', () => {
    const psi = filter(0, 1, [1e-9, 1, 1e-9, 1, 1e-9, 0, 0, 0, 0, 1e-9], 5)
    const folded = foldFilter(psi, psi.values.buffer.data!, grid, true)
    expect(trimRows(folded).map((rows) => rows.map(({ column, weights }) => [column, weights.length]))).toEqual([
      [[2, 3]],
      [],
      [],
      [],
    ])
  })
})
