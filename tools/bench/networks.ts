// The networks whose training is timed, as their papers and repositories give them.
import {
  type Layer,
  type Network,
  batchNorm,
  conv2d,
  flatten,
  gelu,
  globalAveragePool,
  leakyRelu,
  linear,
  maxPool,
  network,
  relu,
  residual,
  sequential,
  subsampleAndPad,
  tanh,
  transposedConv2d,
} from '@scatterlab/nn'

/** The lecture's two-layer ConvNet, with padding. */
export const convNet: Network = network(
  sequential({
    conv1: conv2d({ channels: 32, size: 5, padding: 2 }),
    relu1: relu(),
    pool1: maxPool({ size: 2 }),
    conv2: conv2d({ channels: 64, size: 5, padding: 2 }),
    relu2: relu(),
    pool2: maxPool({ size: 2 }),
    flatten: flatten(),
    fc1: linear({ units: 512 }),
    relu3: relu(),
    fc2: linear({ units: 10 }),
  }),
  [1, 28, 28],
)

const filters = (channels: number, size: number, stride = 1, padding = size >> 1): Layer =>
  conv2d({ channels, size, stride, padding, bias: false })

/** All-CNN-C of Springenberg et al. (2015), table 1, without dropout. */
export const allCnn: Network = network(
  sequential(
    [
      conv2d({ channels: 96, size: 3, padding: 1 }),
      conv2d({ channels: 96, size: 3, padding: 1 }),
      conv2d({ channels: 96, size: 3, padding: 1, stride: 2 }),
      conv2d({ channels: 192, size: 3, padding: 1 }),
      conv2d({ channels: 192, size: 3, padding: 1 }),
      conv2d({ channels: 192, size: 3, padding: 1, stride: 2 }),
      conv2d({ channels: 192, size: 3 }),
      conv2d({ channels: 192, size: 1 }),
      conv2d({ channels: 10, size: 1 }),
    ]
      .flatMap((layer) => [layer, relu()])
      .concat(globalAveragePool()),
  ),
  [3, 32, 32],
)

function block(channels: number, stride: number): Layer {
  return residual({
    body: sequential([filters(channels, 3, stride), batchNorm(), relu(), filters(channels, 3), batchNorm()]),
    ...(stride > 1 && { shortcut: subsampleAndPad({ channels, stride }) }),
    after: relu(),
  })
}

/** ResNet-20 of He et al. (2016), section 4.2. */
export const resNet20: Network = network(
  sequential([
    filters(16, 3),
    batchNorm(),
    relu(),
    ...[16, 32, 64].flatMap((channels, stage) => [0, 1, 2].map((i) => block(channels, stage > 0 && i === 0 ? 2 : 1))),
    globalAveragePool(),
    linear({ units: 10 }),
  ]),
  [3, 32, 32],
)

const airbenchGroup = (channels: number): Layer[] => [
  filters(channels, 3),
  maxPool({ size: 2 }),
  batchNorm({ epsilon: 1e-12, momentum: 0.4 }),
  gelu(),
  filters(channels, 3),
  batchNorm({ epsilon: 1e-12, momentum: 0.4 }),
  gelu(),
]

/** The network of airbench94 (Jordan, 2024), all of it trained. */
export const airbench94: Network = network(
  sequential([
    conv2d({ channels: 24, size: 2 }),
    gelu(),
    ...[64, 256, 256].flatMap(airbenchGroup),
    maxPool({ size: 3 }),
    flatten(),
    linear({ units: 10, bias: false }),
  ]),
  [3, 32, 32],
)

const grown = (channels: number): Layer[] => [
  transposedConv2d({ channels, size: 4, stride: 2, padding: 1, bias: false }),
  batchNorm(),
  relu(),
]

/** PyTorch's DCGAN for 64×64 faces at half width: noise to images. */
export const generator: Network = network(
  sequential([
    transposedConv2d({ channels: 256, size: 4, bias: false }),
    batchNorm(),
    relu(),
    ...[128, 64, 32].flatMap(grown),
    transposedConv2d({ channels: 3, size: 4, stride: 2, padding: 1, bias: false }),
    tanh(),
  ]),
  [100, 1, 1],
)

const shrunk = (channels: number): Layer[] => [filters(channels, 4, 2, 1), batchNorm(), leakyRelu()]

/** Its discriminator: images to a number. */
export const discriminator: Network = network(
  sequential([filters(32, 4, 2, 1), leakyRelu(), ...[64, 128, 256].flatMap(shrunk), filters(1, 4, 1, 0), flatten()]),
  [3, 64, 64],
)
