// The relative of CIFAR size by the same author: cuda-convnet's `layers-18pct`, three convolutions and one fully connected layer,
// layer for layer. What it is trained with stands in recipe.ts.
import {
  type Layer,
  type Network,
  averagePool,
  conv2d,
  flatten,
  linear,
  maxPool,
  network,
  normal,
  relu,
  sequential,
} from '@scatterlab/nn'
import { mapResponseNorm } from './map-response-norm.ts'

/** The deviations that the weights begin with, by layer. */
export type Deviations = Readonly<Record<'conv1' | 'conv2' | 'conv3' | 'fc10', number>>

const filters = (channels: number, deviation: number): Layer =>
  conv2d({ channels, size: 5, padding: 2, weight: normal(deviation) })
// 32 → 16 → 8 → 4: the last window reaches one pixel past the image, and counts only what lies in it
const window = { size: 3, stride: 2, ceil: true } as const
// cuda-convnet divides its `scale` by the pixels of the neighbourhood, adds 1, and calls `rnorm` what stays within a map
const norm = (): Layer => mapResponseNorm({ size: 3, alpha: 5e-5, beta: 0.75 })

/** cuda-convnet's `layers-18pct` for images [3, 32, 32] minus the mean image, bytes from 0 to 255. */
export const relative = ({ conv1, conv2, conv3, fc10 }: Deviations): Network =>
  network(
    sequential({
      conv1: filters(32, conv1),
      pool1: maxPool(window),
      relu1: relu(),
      norm1: norm(),
      conv2: filters(32, conv2),
      relu2: relu(),
      pool2: averagePool(window),
      norm2: norm(),
      conv3: filters(64, conv3),
      relu3: relu(),
      pool3: averagePool(window),
      flatten: flatten(),
      fc10: linear({ units: 10, weight: normal(fc10) }),
    }),
    [3, 32, 32],
  )
