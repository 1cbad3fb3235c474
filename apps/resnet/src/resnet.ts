// The residual networks of He et al. (2016) as plans of layers: the bottleneck networks for ImageNet, of 50 to 152 layers, and
// the thin ones for CIFAR-10, of 6n + 2. Shapes and counts only; how they are trained is in recipe.ts.
import {
  type Layer,
  type Network,
  batchNorm,
  conv2d,
  globalAveragePool,
  he,
  linear,
  maxPool,
  network,
  relu,
  residual,
  sequential,
  subsampleAndPad,
} from '@scatterlab/nn'

/** Blocks per stage of the bottleneck networks. He et al. (2016), table 1. */
const BLOCKS = { 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3] } as const

/** How deep a bottleneck network may be. */
export type BottleneckDepth = keyof typeof BLOCKS

/** Settings of {@link imageNetResNet}. */
export interface ImageNetOptions {
  /** Height and width of the images (default 224). */
  readonly size?: number
  /** Default 1000. */
  readonly classes?: number
  /**
   * Which convolution of a stage's first block skips pixels: the 1×1 that reduces the channels (`paper`, default), or the 3×3
   * after it (`torchvision`, which its trained weights need). The parameters are the same.
   */
  readonly stride?: 'paper' | 'torchvision'
}

/**
 * ResNet-50, -101 or -152: [3, size, size] → [classes]. Arrays are named as torchvision's: `conv1.weight`,
 * `layer1.0.downsample.0.weight`, `fc.bias`. Throws `LayerError` for images too small to pool. He et al. (2016), table 1.
 */
export function imageNetResNet(depth: BottleneckDepth, options: ImageNetOptions = {}): Network {
  const { size = 224, classes = 1000, stride = 'paper' } = options
  const stage = (index: number): Layer => {
    const width = 64 * 2 ** index
    return sequential(
      Array.from({ length: BLOCKS[depth][index] }, (_, block) =>
        bottleneck({ width, stride: block === 0 && index > 0 ? 2 : 1, projects: block === 0, at: stride }),
      ),
    )
  }
  const layers = sequential({
    conv1: convolution(64, 7, 2),
    bn1: batchNorm(),
    relu: relu(),
    maxpool: maxPool({ size: 3, stride: 2, padding: 1 }),
    layer1: stage(0),
    layer2: stage(1),
    layer3: stage(2),
    layer4: stage(3),
    avgpool: globalAveragePool(),
    fc: linear({ units: classes }),
  })
  return network(layers, [3, size, size])
}

/**
 * The network of 6n + 2 layers for [3, 32, 32]: one convolution, three stages of n blocks with 16, 32 and 64 maps, shortcuts
 * without parameters (option A). 20 layers by default. Throws `RangeError` for other depths. He et al. (2016), section 4.2.
 */
export function cifarResNet(depth = 20): Network {
  const n = (depth - 2) / 6
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`depth ${depth}: give 6n + 2, such as 20, 56 or 110`)
  const stage = (channels: number, stride: number): Layer =>
    sequential(Array.from({ length: n }, (_, block) => basic(channels, block === 0 ? stride : 1)))
  const layers = sequential({
    conv1: convolution(16, 3),
    bn1: batchNorm(),
    relu: relu(),
    layer1: stage(16, 1),
    layer2: stage(32, 2),
    layer3: stage(64, 2),
    avgpool: globalAveragePool(),
    fc: linear({ units: 10 }),
  })
  return network(layers, [3, 32, 32])
}

/** What the depth of a network counts: its convolutions and fully connected layers, but those of the shortcuts. */
export const weightedLayers = ({ layers }: Pick<Network, 'layers'>): number =>
  layers.filter(({ kind, name }) => (kind === 'conv2d' || kind === 'linear') && !name.includes('downsample')).length

/** 1×1 to few channels, 3×3 there, 1×1 to four times as many. Figure 5, right. */
function bottleneck({ width, stride, projects, at }: Bottleneck): Layer {
  const [first, middle] = at === 'paper' ? [stride, 1] : [1, stride]
  return residual({
    body: sequential({
      conv1: convolution(width, 1, first),
      bn1: batchNorm(),
      relu1: relu(),
      conv2: convolution(width, 3, middle),
      bn2: batchNorm(),
      relu2: relu(),
      conv3: convolution(4 * width, 1),
      bn3: batchNorm(),
    }),
    ...(projects ? { shortcut: sequential([convolution(4 * width, 1, stride), batchNorm()]) } : {}),
    after: relu(),
  })
}

interface Bottleneck {
  readonly width: number
  readonly stride: number
  /** Whether the way around is a 1×1 convolution (option B), where the shape changes. */
  readonly projects: boolean
  readonly at: 'paper' | 'torchvision'
}

/** Two 3×3 convolutions, and the input added. Figure 5, left. */
function basic(channels: number, stride: number): Layer {
  return residual({
    body: sequential({
      conv1: convolution(channels, 3, stride),
      bn1: batchNorm(),
      relu1: relu(),
      conv2: convolution(channels, 3),
      bn2: batchNorm(),
    }),
    ...(stride === 1 ? {} : { shortcut: subsampleAndPad({ channels, stride }) }),
    after: relu(),
  })
}

/** No bias: the batch normalisation after it has one. */
const convolution = (channels: number, size: number, stride = 1): Layer =>
  conv2d({ channels, size, stride, padding: (size - 1) / 2, weight: he(), bias: false })
