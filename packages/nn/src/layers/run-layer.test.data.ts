// A layer alone, run in double precision: what the tests of layers share.
import { type Shape, type Tensor, random } from '@scatterlab/tensor'
import type { Layer } from './layer.ts'
import { type ForwardOptions, type Network, type Weights, network } from '../network.ts'
import { numbers } from '../operations/numbers.test.data.ts'

/** Three items through a network of one layer, with the weights that it begins with, or others. */
export function runLayer(
  layer: Layer,
  input: Shape,
  {
    items = 3,
    seed = 1,
    weights,
    ...options
  }: ForwardOptions & { items?: number; seed?: number; weights?: Weights } = {},
): { readonly net: Network; readonly weights: Weights; readonly x: Tensor; readonly y: Tensor } {
  const net = network(layer, input)
  const given = weights ?? net.initialise(random(seed), { dtype: 'float64' })
  const x = numbers([items, ...input], seed)
  return { net, weights: given, x, y: net.forward(given, x, options) }
}
