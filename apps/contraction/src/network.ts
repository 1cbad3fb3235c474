// The network whose layers are looked at: 3×3 convolutions of one width, as Oyallon (2017) took them to see what layers do; and the
// non-linearity that only some channels go through.
import {
  type Layer,
  type Network,
  batchNorm,
  conv2d,
  dropout,
  flatten,
  globalAveragePool,
  linear,
  network,
  operations,
  relu,
  sequential,
} from '@scatterlab/nn'
import { type Shape, ValueError, concat, shown } from '@scatterlab/tensor'

/** What a network is like. */
export interface LadderOptions {
  /** Channels of every layer. */
  readonly width: number
  /** Blocks of two convolutions in each of the three groups; the second and the third begin with a stride of 2. */
  readonly blocks: number
  /** Pixels from one position of the first convolution to the next. */
  readonly stride: number
  /** The share of units that is dropped after each block. */
  readonly dropped: number
  /** The share α of the channels that go through the rectifier in each layer but the first. Default 1. */
  readonly nonLinear?: number
}

const GROUPS = 3

/** How many convolutions there are. */
export const depthOf = ({ blocks }: Pick<LadderOptions, 'blocks'>): number => 1 + 2 * GROUPS * blocks

/** The name of a layer, from 1: what its non-linearity gives. */
export const layerName = (layer: number): string => `layer ${layer}`

/**
 * conv 3×3 → batch norm → ρ, 1 + 6·blocks times; the mean of each channel; ten classes. 3×32×32, two blocks, stride 1, α of the
 * channels: Oyallon's network of 13 convolutions, but that the scale and shift of batch norm are learned.
 */
export function ladder(input: Shape, options: LadderOptions): Network {
  const { width, blocks, stride, dropped, nonLinear = 1 } = options
  const layers: Record<string, Layer> = {}
  const convolution = (number: number, step: number, activation: Layer): void => {
    layers[`conv ${number}`] = conv2d({ channels: width, size: 3, padding: 1, stride: step, bias: false })
    layers[`norm ${number}`] = batchNorm()
    layers[layerName(number)] = activation
  }
  let number = 1
  convolution(number, stride, relu())
  for (let group = 0; group < GROUPS; group++) {
    for (let block = 0; block < blocks; block++) {
      convolution(++number, group > 0 && block === 0 ? 2 : 1, partialRelu(nonLinear))
      convolution(++number, 1, partialRelu(nonLinear))
      if (dropped > 0) layers[`dropout ${number}`] = dropout({ rate: dropped })
    }
  }
  layers.mean = globalAveragePool()
  layers.flatten = flatten()
  layers.classes = linear({ units: 10 })
  return network(sequential(layers), input)
}

/** max(x, 0) in the first ⌊α·channels⌋ channels, x in the others. Throws `ValueError` for an α outside [0, 1]. */
export function partialRelu(share: number): Layer {
  if (!(share >= 0 && share <= 1)) {
    throw new ValueError(`the share of channels that are rectified is ${shown(share)}: give a number from 0 to 1`)
  }
  return {
    kind: 'partialRelu',
    plan: (input) => ({ output: input }),
    forward(x) {
      const channels = x.shape[1]
      const rectified = Math.floor(share * channels)
      if (rectified === 0) return x
      if (rectified === channels) return operations.relu(x)
      return concat([operations.relu(x.slice(null, [0, rectified])), x.slice(null, [rectified])], 1)
    },
  }
}
