// The network that labels scenes: the shared trunk, and a classifier of each place's features at all scales.
import { SCENE_CLASSES } from '@scatterlab/datasets/scenes'
import { type Layer, type Network, batchNorm, conv2d, maxPool, network, relu, sequential } from '@scatterlab/nn'
import { multiScale } from './multi-scale.ts'

/** Pixels of the picture for one place that is classified. */
export const STRIDE = 4

/** How large the network is. */
export interface NetworkSize {
  readonly scales: number
  /** Maps of the first layers; later ones have twice as many. */
  readonly width: number
}

/** Sides of pictures must be multiples of this. */
export const stepOf = ({ scales }: Pick<NetworkSize, 'scales'>): number => STRIDE * 2 ** (scales - 1)

/**
 * [3, h, w] → scores [11, h / 4, w / 4]. The trunk is a 5×5 convolution with stride 2 and five of 3×3, a pooling between: it sees 43 pixels of its
 * scale, as the 7×7 filters of the paper see 46, with batch normalisation and rectifiers in the place of tanh.
 */
export function sceneNetwork({ scales, width }: NetworkSize, shape: readonly [height: number, width: number]): Network {
  const layer = (channels: number, size: number, stride = 1): Record<string, Layer> => ({
    conv: conv2d({ channels, size, stride, padding: (size - 1) / 2, bias: false }),
    norm: batchNorm(),
    relu: relu(),
  })
  const trunk = sequential({
    first: sequential(layer(width, 5, 2)),
    second: sequential(layer(width, 3)),
    pool: maxPool({ size: 2 }),
    third: sequential(layer(2 * width, 3)),
    fourth: sequential(layer(2 * width, 3)),
    fifth: sequential(layer(2 * width, 3)),
    sixth: sequential(layer(2 * width, 3)),
  })
  const classifier = {
    features: multiScale({ scales, trunk, stride: STRIDE }),
    hidden: sequential(layer(4 * width, 1)),
    scores: conv2d({ channels: SCENE_CLASSES.length, size: 1 }),
  }
  return network(sequential(classifier), [3, ...shape])
}
