import { ValueError } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { batchNorm, conv2d, modulus, network, relu, residual, sequential, subsampleAndPad, tanh } from '../index.ts'
import { filledBy, reader } from '../operations/naive.test.oracle.ts'
import { listed } from '../operations/numbers.test.data.ts'
import { runLayer } from './run-layer.test.data.ts'

describe('residual', () => {
  it.each([
    ['the input itself', residual({ body: tanh() }), (v: number) => Math.tanh(v) + v],
    ['a shortcut', residual({ body: tanh(), shortcut: modulus() }), (v: number) => Math.tanh(v) + Math.abs(v)],
    ['a layer after', residual({ body: tanh(), after: relu() }), (v: number) => Math.max(0, Math.tanh(v) + v)],
  ])('adds %s', (_, layer, f) => {
    const { x, y } = runLayer(layer, [2, 3])
    expectClose(y, listed(x).map(f), { absolute: 1e-15 })
  })

  it("names its arrays as torchvision's basic block does", () => {
    const basic = (channels: number, stride: number): ReturnType<typeof residual> =>
      residual({
        body: sequential({
          conv1: conv2d({ channels, size: 3, stride, padding: 1, bias: false }),
          bn1: batchNorm(),
          relu: relu(),
          conv2: conv2d({ channels, size: 3, padding: 1, bias: false }),
          bn2: batchNorm(),
        }),
        shortcut: sequential([conv2d({ channels, size: 1, stride, bias: false }), batchNorm()]),
        after: relu(),
      })
    const net = network(sequential({ layer1: sequential([basic(4, 2)]) }), [2, 8, 8])
    expect(Object.keys(net.parameters)).toEqual(
      ['conv1.weight', 'bn1.weight', 'bn1.bias', 'conv2.weight', 'bn2.weight', 'bn2.bias']
        .concat(['downsample.0.weight', 'downsample.1.weight', 'downsample.1.bias'])
        .map((name) => `layer1.0.${name}`),
    )
    expect(Object.keys(net.state)).toContain('layer1.0.downsample.1.running_var')
    expect(net.layers.map(({ name }) => name)).toEqual(
      ['conv1', 'bn1', 'relu', 'conv2', 'bn2', 'downsample.0', 'downsample.1', 'after'].map(
        (name) => `layer1.0.${name}`,
      ),
    )
    expect(net.output).toEqual([4, 4, 4])
  })
})

describe('subsampleAndPad', () => {
  it.each([
    { channels: 4, stride: 2, input: [2, 5, 4] },
    { channels: 3, stride: 3, input: [3, 7, 6] },
    { channels: 2, stride: 1, input: [2, 3, 3] },
    { channels: 5, stride: 1, input: [2, 3, 3] },
  ])('keeps every stride-th pixel and adds channels of zeros: %o', ({ input, ...options }) => {
    const { net, x, y } = runLayer(subsampleAndPad(options), input)
    const [pixel, { stride }] = [reader(x), options]
    const sides = input
      .slice(1)
      .map((length) => Array.from({ length }, (_, i) => i).filter((i) => i % stride === 0).length)
    const expected = filledBy([3, options.channels, ...sides], (n, c, v, u) => pixel(n, c, v * stride, u * stride))
    expect(y.shape).toEqual(expected.shape)
    expect(net.output).toEqual(expected.shape.slice(1))
    expect(listed(y)).toEqual(expected.value)
  })

  it.each([0, 1.5])('refuses stride %d', (stride) => {
    expect(() => subsampleAndPad({ channels: 1, stride })).toThrow(ValueError)
  })
})
