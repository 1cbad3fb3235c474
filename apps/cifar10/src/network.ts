// The deep network: a first layer that whitens 2×2 patches, three groups of two 3×3 convolutions, and a linear classifier; layer for
// layer that of cifar10-airbench (K. Jordan, "94 % on CIFAR-10 in 3.29 seconds on a single GPU", 2024). How it is trained stands in
// recipe.ts.
import {
  type Layer,
  type Network,
  batchNorm,
  constant,
  conv2d,
  dirac,
  flatten,
  gelu,
  given,
  he,
  linear,
  maxPool,
  network,
  sequential,
  uniform,
} from '@scatterlab/nn'
import { mul } from '@scatterlab/tensor'

/** Maps of the three groups. */
export type Widths = readonly [number, number, number]

/** Filters of the first layer: as many as a patch of 2×2×3 has numbers, and their negatives. */
export const WHITENED = 24

/** What a network is made from. */
export interface NetworkOptions {
  readonly widths: Widths
  /** The numbers of the first layer's filters, [24, 3, 2, 2]; zeros where they are loaded later. */
  readonly whitening?: ArrayLike<number>
  /** How much of the running moments a batch replaces. */
  readonly normMomentum?: number
}

/** What PyTorch begins its layers with. */
const usual = he({ slope: Math.sqrt(5), distribution: 'uniform' })

/** With 64, 256 and 256 maps it has 1,972,792 parameters, 1,970,464 of them in its filters. */
export const deepNetwork = ({ widths, whitening, normMomentum = 0.4 }: NetworkOptions): Network => {
  const group = (channels: number): Layer => groupOf(channels, normMomentum)
  return network(
    sequential({
      whiten: conv2d({ channels: WHITENED, size: 2, weight: whitening ? given(whitening) : constant(0), bias: usual }),
      gelu: gelu(),
      group1: group(widths[0]),
      group2: group(widths[1]),
      group3: group(widths[2]),
      pool: maxPool({ size: 3 }),
      flatten: flatten(),
      head: linear({ units: 10, bias: false, weight: uniform(-Math.sqrt(3), Math.sqrt(3)) }),
      scale: scaled(1 / widths[2]),
    }),
    [3, 32, 32],
  )
}

/** 3×3 → max 2/2 → norm → gelu → 3×3 → norm → gelu. */
function groupOf(channels: number, momentum: number): Layer {
  // the filters begin by handing their channels on; of the norms the recipe trains the shift alone, their gain stays 1
  const convolution = (): Layer => conv2d({ channels, size: 3, padding: 1, bias: false, weight: dirac(usual) })
  const norm = (): Layer => batchNorm({ epsilon: 1e-12, momentum })
  return sequential({
    conv1: convolution(),
    pool: maxPool({ size: 2 }),
    norm1: norm(),
    gelu1: gelu(),
    conv2: convolution(),
    norm2: norm(),
    gelu2: gelu(),
  })
}

/** factor·x. */
const scaled = (factor: number): Layer => ({
  kind: 'scaled',
  plan: (input) => ({ output: input }),
  forward: (x) => mul(x, factor),
})
