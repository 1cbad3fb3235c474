import { expect, it } from 'vitest'
import { conv2d, describe, flatten, linear, maxPool, network, relu, sequential } from './index.ts'

it('is a table of the layers', () => {
  const net = network(
    sequential({
      conv1: conv2d({ channels: 20, size: 5 }),
      relu1: relu(),
      pool1: maxPool({ size: 2 }),
      flatten: flatten(),
      fc: linear({ units: 500 }),
    }),
    [1, 28, 28],
  )
  expect(describe(net)).toBe(
    `
layer    kind     output    parameters
         input    1×28×28
conv1    conv2d   20×24×24         520
relu1    relu     20×24×24           0
pool1    maxPool  20×12×12           0
flatten  flatten  2880               0
fc       linear   500        1,440,500
total                        1,441,020`.trim(),
  )
})

it('has rows for what has no name, no axes, no layers', () => {
  expect(describe(network(relu(), []))).toBe(
    `
layer  kind   output  parameters
       input  number
       relu   number           0
total                          0`.trim(),
  )
  expect(describe(network(sequential([]), [2])).split('\n')).toHaveLength(3)
})
