import { tensor } from '@scatterlab/tensor'
import { describe, expect, test } from 'vitest'
import { checkRows, groupByClass, matrixOf, trainingSet } from './features.ts'

const features = { data: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] }

describe('features', () => {
  test('are taken without a copy, further axes as one', () => {
    const data = new Float32Array(24)
    expect(matrixOf({ data, shape: [2, 3, 2, 2] })).toEqual({ data, shape: [2, 12] })
    expect(matrixOf({ data, shape: [2, 3, 2, 2] }).data).toBe(data)
    expect(matrixOf(tensor(data, [4, 6])).data.buffer).toBe(data.buffer)
  })

  test('a tensor that is not contiguous is read in its own order', () => {
    expect(
      Array.from(
        matrixOf(
          tensor([
            [1, 2, 3],
            [4, 5, 6],
          ]).transpose(),
        ).data,
      ),
    ).toEqual([1, 4, 2, 5, 3, 6])
  })

  test.each([
    [{ data: new Float32Array(4), shape: [4] }, 'SHAPE', 'one sample is [1, features]'],
    [{ data: new Float32Array(5), shape: [2, 3] }, 'SHAPE', '5 numbers do not fill'],
    [{ data: new Float32Array(0), shape: [2, 0] }, 'DATA', 'hold no number'],
    [tensor(new Float32Array(8), [2, 2], { dtype: 'complex64' }), 'DTYPE', 'complex64'],
  ])('unfit ones are refused: %#', (bad, code, message) => {
    expect(() => matrixOf(bad)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
  })

  test('a value that is not finite is named, if its row is among those asked for', () => {
    const data = Float64Array.of(1, 2, 3, Number.NaN, 5, -Infinity)
    const matrix = matrixOf({ data, shape: [3, 2] })
    expect(Array.from(checkRows(matrix, [0]))).toEqual([0])
    expect(() => checkRows(matrix)).toThrow('feature 1 of sample 1 is NaN')
    expect(() => checkRows(matrix, [2])).toThrow('feature 1 of sample 2 is -Infinity')
  })

  test.each([[[3]], [[-1]], [[0.5]]])('rows outside are named: %j', (rows) => {
    expect(() => checkRows(matrixOf(features), rows)).toThrow(`rows[0] is ${rows[0]}: give whole numbers from 0 to 2`)
  })
})

describe('training sets', () => {
  test('count classes among the chosen rows', () => {
    const set = trainingSet(features, [0, 1, 2], { rows: [1, 0] })
    expect(set.classes).toBe(2)
    expect(Array.from(set.rows)).toEqual([1, 0])
  })

  test.each([
    [[0, 1], undefined, '2 labels for 3 samples'],
    [[0, 1, -1], undefined, 'label -1 of sample 2'],
    [[0, 1, 3], undefined, 'label 3 of sample 2: give whole numbers from 0 to 2, as there are 3 samples'],
    [[0, 1, 1e9], undefined, 'label 1000000000 of sample 2'],
    [[0, 1, 0.5], undefined, 'label 0.5 of sample 2'],
    [[0, 2, 2], undefined, 'class 1 has no sample'],
    [[0, 0, 0], undefined, 'all samples have label 0'],
    [[0, 1, 1], [], 'no sample to fit'],
  ])('unfit labels are refused: %j', (labels, rows, message) => {
    const options = rows ? { rows } : {}
    expect(() => trainingSet(features, labels, options)).toThrow(
      expect.objectContaining({ code: 'DATA', message: expect.stringContaining(message) }),
    )
  })

  test('rows by class keep their order', () => {
    expect(groupByClass(Int32Array.of(1, 0, 1, 1), Int32Array.of(3, 1, 0)).map((g) => Array.from(g))).toEqual([
      [1],
      [3, 0],
    ])
  })
})
