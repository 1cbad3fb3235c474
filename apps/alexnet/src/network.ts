// The network of the slide: five convolutions and three fully connected layers, 60,965,224 parameters in two groups. What it is
// trained with stands in recipe.ts.
import {
  type Conv2dOptions,
  type Initialiser,
  type Layer,
  type Network,
  constant,
  conv2d,
  dropout,
  flatten,
  linear,
  maxPool,
  network,
  normal,
  relu,
  responseNorm,
  sequential,
} from '@scatterlab/nn'

/** Weights N(0, 0.01²). Krizhevsky, Sutskever & Hinton (2012), section 5. */
const weight: Initialiser = normal(0.01)
/** Where rectifiers should begin alive: conv 2, 4, 5 and the hidden fully connected layers. */
const one: Initialiser = constant(1)

const convolution = (options: Omit<Conv2dOptions, 'weight'>): Layer => conv2d({ weight, ...options })
const norm = (): Layer => responseNorm({ convention: 'paper', k: 2, size: 5, alpha: 1e-4, beta: 0.75 })
const overlappingPool = (): Layer => maxPool({ size: 3, stride: 2 })
const halfDropped = (): Layer => dropout({ rate: 0.5, scale: 'inference' })

/**
 * AlexNet for crops [3, 224, 224], which padding by 2 makes the 227 pixels that 55 windows of 11 with stride 4 cover; the channels of
 * conv 2, 4 and 5 in two groups, as on the paper's two GPUs. Krizhevsky, Sutskever & Hinton (2012), section 3.5.
 */
export const alexNet = (classes = 1000): Network =>
  network(
    sequential({
      conv1: convolution({ channels: 96, size: 11, stride: 4, padding: 2 }),
      relu1: relu(),
      norm1: norm(),
      pool1: overlappingPool(),
      conv2: convolution({ channels: 256, size: 5, padding: 2, groups: 2, bias: one }),
      relu2: relu(),
      norm2: norm(),
      pool2: overlappingPool(),
      conv3: convolution({ channels: 384, size: 3, padding: 1 }),
      relu3: relu(),
      conv4: convolution({ channels: 384, size: 3, padding: 1, groups: 2, bias: one }),
      relu4: relu(),
      conv5: convolution({ channels: 256, size: 3, padding: 1, groups: 2, bias: one }),
      relu5: relu(),
      pool5: overlappingPool(),
      flatten: flatten(),
      fc6: linear({ units: 4096, weight, bias: one }),
      relu6: relu(),
      dropout6: halfDropped(),
      fc7: linear({ units: 4096, weight, bias: one }),
      relu7: relu(),
      dropout7: halfDropped(),
      fc8: linear({ units: classes, weight }),
    }),
    [3, 224, 224],
  )
