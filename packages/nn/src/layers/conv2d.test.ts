import { ValueError } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { constant, conv2d, linear, network, transposedConv2d } from '../index.ts'
import { convolved, laidOut } from '../operations/naive.test.oracle.ts'
import { runLayer } from './run-layer.test.data.ts'

const bias = constant(0.25)

describe('conv2d', () => {
  it('convolves by its options', () => {
    const steps = { stride: [2, 1], padding: [1, 0], dilation: [1, 2], groups: 2 } as const
    const { net, weights, x, y } = runLayer(conv2d({ channels: 6, size: [3, 2], bias, ...steps }), [4, 7, 6])
    const { weight } = weights.parameters
    expect(weight.shape).toEqual([6, 2, 3, 2])
    const expected = convolved(x, weight, weights.parameters.bias, steps)
    expect(y.shape).toEqual(expected.shape)
    expectClose(y, expected.value, { ofLargest: 1e-14 })
    // 2·3·2 inputs to an output, 3 of the 6 channels and 6 places of a filter to an input
    const { fanIn, fanOut } = net.parameters.weight
    expect([fanIn, fanOut]).toEqual([12, 18])
    expect(net.parameters.bias.fanIn).toBe(12)
    expect(net.multiplications).toBe(net.output.reduce((a, b) => a * b) * 12)
  })

  it('has no bias where none is wanted', () => {
    const { net, weights, x, y } = runLayer(conv2d({ channels: 2, size: 1, bias: false }), [3, 2, 2])
    expect(Object.keys(net.parameters)).toEqual(['weight'])
    const plain = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 } as const
    expectClose(y, convolved(x, weights.parameters.weight, null, plain).value, { ofLargest: 1e-14 })
  })

  it('refuses steps that cannot be when it is made', () => {
    expect(() => conv2d({ channels: 1, size: 0 })).toThrow(ValueError)
    expect(() => conv2d({ channels: 0, size: 1 })).toThrow('channels is 0')
    expect(() => conv2d({ channels: 1, size: 1, stride: 0.5 })).toThrow('stride is 0.5')
    expect(() => transposedConv2d({ channels: 1, size: [1, 0] })).toThrow('size is [1, 0]')
  })
})

it('transposedConv2d lays filters out by its options', () => {
  const steps = { stride: [2, 3], padding: [1, 0], dilation: [1, 2], groups: 2 } as const
  const options = { channels: 6, size: [3, 2], outputPadding: [1, 2], bias, ...steps } as const
  const { net, weights, x, y } = runLayer(transposedConv2d(options), [4, 4, 3])
  const { weight } = weights.parameters
  expect(weight.shape).toEqual([4, 3, 3, 2])
  const expected = laidOut(x, weight, weights.parameters.bias, { ...steps, more: [1, 2] })
  expect(y.shape).toEqual(expected.shape)
  expectClose(y, expected.value, { ofLargest: 1e-14 })
  expect([net.parameters.weight.fanIn, net.parameters.weight.fanOut]).toEqual([12, 18])
  expect(net.multiplications).toBe(4 * 4 * 3 * 18)
})

it("a generator's sides double at kernel 4, stride 2, padding 1", () => {
  expect(network(transposedConv2d({ channels: 3, size: 4, stride: 2, padding: 1 }), [8, 16, 16]).output).toEqual([
    3, 32, 32,
  ])
})

describe('linear', () => {
  it('is x·weightᵀ + bias', () => {
    const { net, weights, x, y } = runLayer(linear({ units: 2, bias }), [3])
    const [a, w] = [x.toNested(), weights.parameters.weight.toNested()] as [number[][], number[][]]
    const expected = a.map((row) => w.map((unit) => row.reduce((sum, v, i) => sum + v * unit[i], 0.25)))
    expectClose(y, expected, { ofLargest: 1e-15 })
    expect([net.parameters.weight.fanIn, net.parameters.weight.fanOut, net.multiplications]).toEqual([3, 2, 6])
    const plain = runLayer(linear({ units: 2, bias: false }), [3])
    expectClose(
      plain.y,
      expected.flat().map((v) => v - 0.25),
      { ofLargest: 1e-15 },
    )
    expect(Object.keys(plain.net.parameters)).toEqual(['weight'])
  })

  it('refuses units that cannot be', () => {
    expect(() => linear({ units: 0 })).toThrow(ValueError)
    expect(() => linear({ units: 2.5 })).toThrow('linear: units is 2.5: it must be a whole number, 1 or more')
  })
})
