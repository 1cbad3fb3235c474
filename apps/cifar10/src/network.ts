// The deep network: a first layer that whitens 2×2 patches, three groups of two 3×3 convolutions, and a linear classifier; layer for
// layer that of cifar10-airbench (K. Jordan, "94 % on CIFAR-10 in 3.29 seconds on a single GPU", 2024). How it is trained stands in
// recipe.ts.
import {
  type Layer,
  type Network,
  batchNorm,
  conv2d,
  flatten,
  gelu,
  linear,
  maxPool,
  network,
  sequential,
} from '@scatterlab/nn'
import { mul } from '@scatterlab/tensor'

/** Maps of the three groups. */
export type Widths = readonly [number, number, number]

/** Filters of the first layer: as many as a patch of 2×2×3 has numbers, and their negatives. */
export const WHITENED = 24

/** 64, 256 and 256 maps: 1,970,464 weights. */
export const deepNetwork = (widths: Widths = [64, 256, 256]): Network =>
  network(
    sequential({
      whiten: conv2d({ channels: WHITENED, size: 2 }),
      gelu: gelu(),
      group1: group(widths[0]),
      group2: group(widths[1]),
      group3: group(widths[2]),
      pool: maxPool({ size: 3 }),
      flatten: flatten(),
      head: linear({ units: 10, bias: false }),
      scale: scaled(1 / widths[2]),
    }),
    [3, 32, 32],
  )

/** 3×3 → max 2/2 → norm → gelu → 3×3 → norm → gelu. */
const group = (channels: number): Layer =>
  sequential({
    conv1: convolution(channels),
    pool: maxPool({ size: 2 }),
    norm1: norm(),
    gelu1: gelu(),
    conv2: convolution(channels),
    norm2: norm(),
    gelu2: gelu(),
  })

const convolution = (channels: number): Layer => conv2d({ channels, size: 3, padding: 1, bias: false })
/** Its gain stays 1: the recipe trains the shift alone. */
const norm = (): Layer => batchNorm({ epsilon: 1e-12, momentum: 0.4 })

/** factor·x. */
const scaled = (factor: number): Layer => ({
  kind: 'scaled',
  plan: (input) => ({ output: input }),
  forward: (x) => mul(x, factor),
})
