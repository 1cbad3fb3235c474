import { expectClose } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import { averagePool, globalAveragePool, maxPool, network, responseNorm } from '../index.ts'
import { pooledBy, respondedTo } from '../operations/naive.test.oracle.ts'
import { runLayer } from './run-layer.test.data.ts'

const windows = { size: [3, 2], stride: [2, 1], padding: [1, 0], ceil: true } as const
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

it('maxPool and averagePool pool by their options', () => {
  const largest = runLayer(maxPool(windows), [2, 6, 5])
  const expected = pooledBy(largest.x, windows, (inside) => Math.max(...inside))
  expect(largest.y.shape).toEqual(expected.shape)
  expectClose(largest.y, expected.value)
  const means = runLayer(averagePool({ ...windows, countPadding: false }), [2, 6, 5])
  expectClose(means.y, pooledBy(means.x, windows, (inside) => total(inside) / inside.length).value, { relative: 1e-14 })
  const padded = runLayer(averagePool(windows), [2, 6, 5])
  expectClose(padded.y, pooledBy(padded.x, windows, (inside, n) => total(inside) / n).value, { relative: 1e-14 })
})

it('windows step by their size where no stride is given', () => {
  expect(network(maxPool({ size: [2, 3] }), [1, 6, 6]).output).toEqual([1, 3, 2])
})

it('globalAveragePool averages every channel', () => {
  const { x, y } = runLayer(globalAveragePool(), [2, 2, 3])
  const planes = [0, 1, 2, 3, 4, 5].map((i) => total(Array.from(x.toTypedArray().slice(6 * i, 6 * i + 6))) / 6)
  expectClose(y, planes, { relative: 1e-14 })
  expect(y.shape).toEqual([3, 2])
})

it("responseNorm has the paper's constants, or Caffe's", () => {
  const paper = runLayer(responseNorm(), [7, 2, 2])
  expectClose(paper.y, respondedTo(paper.x, 5, 1e-4, 0.75, 2), { relative: 1e-14 })
  const caffe = runLayer(responseNorm({ convention: 'caffe', alpha: 1 }), [7, 2, 2])
  expectClose(caffe.y, respondedTo(caffe.x, 5, 1 / 5, 0.75, 1), { relative: 1e-14 })
  expect(() => responseNorm({ size: 4 })).toThrow('size 4: give an odd number')
})
