import { ValueError } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { linear, modulus, network, relu, sequential, tanh } from '../index.ts'
import { runLayer } from './run-layer.test.data.ts'

const names = (layer: Parameters<typeof network>[0]): string[] => Object.keys(network(layer, [2]).parameters)

describe('names', () => {
  it('are those of the record in its order', () => {
    expect(names(sequential({ b: linear({ units: 2 }), a: linear({ units: 1, bias: false }) }))).toEqual([
      'b.weight',
      'b.bias',
      'a.weight',
    ])
  })

  it('count from 0 in a list, as PyTorch does', () => {
    expect(names(sequential([relu(), linear({ units: 2 })]))).toEqual(['1.weight', '1.bias'])
  })

  it('nest with dots', () => {
    expect(names(sequential({ outer: sequential([sequential({ inner: linear({ units: 1 }) })]) }))).toEqual([
      'outer.0.inner.weight',
      'outer.0.inner.bias',
    ])
  })

  it.each([
    ['0', 'layer name 0: a record would put it first'],
    ['12', 'layer name 12: a record would put it first'],
    ['a.b', "layer name 'a.b': give a word without dots"],
    ['', "layer name '': give a word"],
  ])("refuses '%s'", (name, says) => {
    expect(() => sequential({ [name]: relu() })).toThrow(ValueError)
    expect(() => sequential({ [name]: relu() })).toThrow(says)
  })
})

it('computes one layer after the other', () => {
  const { x, y } = runLayer(sequential([modulus(), tanh(), relu()]), [4])
  expect(Array.from(y.toTypedArray())).toEqual(Array.from(x.toTypedArray(), (v) => Math.tanh(Math.abs(v))))
})

it('of nothing is the identity', () => {
  const { net, x, y } = runLayer(sequential([]), [4])
  expect(y.toTypedArray()).toEqual(x.toTypedArray())
  expect(net.output).toEqual([4])
})
