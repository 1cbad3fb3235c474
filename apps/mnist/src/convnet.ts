// The column that learns: a network of LeNet's size, trained by the lecture's rule on digits that are bent anew at every pass.
import {
  type FloatImages,
  type GreyShape,
  type LabelledImages,
  batches,
  elasticDeformations,
  randomCrops,
  toFloat32,
} from '@scatterlab/datasets'
import {
  type FitOptions,
  type Network,
  type Weights,
  conv2d,
  dropout,
  evaluate,
  fit,
  flatten,
  linear,
  maxPool,
  network,
  relu,
  sequential,
} from '@scatterlab/nn'
import { cosine, sgd } from '@scatterlab/optim'
import type { Random } from '@scatterlab/tensor'

/** How long the network is trained. */
export interface ConvNetBudget {
  /** Steps for training sets up to 5,000 images. */
  readonly steps: number
  /** Passes over larger ones. */
  readonly passes: number
}

/** conv 5×5 → ρ → max 2/2, twice; then 500 units, half of them dropped in training, and ten classes. */
export const convNet: Network = network(
  sequential({
    conv1: conv2d({ channels: 32, size: 5 }),
    relu1: relu(),
    pool1: maxPool({ size: 2 }),
    conv2: conv2d({ channels: 64, size: 5 }),
    relu2: relu(),
    pool2: maxPool({ size: 2 }),
    flatten: flatten(),
    fc1: linear({ units: 500 }),
    relu3: relu(),
    drop: dropout(),
    fc2: linear({ units: 10 }),
  }),
  [1, 28, 28],
)

const BATCH = 50

/** v ← 0.9 v − 0.0005·ε·w − ε·g, w ← w + v: the lecture's rule, ε falling as a cosine. */
const optimizer = sgd({ rate: 0.05, momentum: 0.9, decay: 0.0005 })

/** Each digit moved by up to a pixel and bent smoothly, anew at every pass. */
const deformed = (images: FloatImages<GreyShape>, random: Random) =>
  randomCrops(elasticDeformations(images, random, { amplitude: 1.2, smoothness: 4 }), random, { padding: 1 })

/** How many steps a training set of `count` images is given. */
export const stepsFor = (count: number, { steps, passes }: ConvNetBudget): number =>
  count <= 5_000 ? steps : passes * Math.ceil(count / BATCH)

/** Trains the network on `train`, for `steps` steps. */
export async function trainConvNet(
  train: LabelledImages<GreyShape>,
  {
    steps,
    ...run
  }: Pick<FitOptions, 'backend' | 'seed' | 'signal' | 'resume' | 'checkpoint' | 'onProgress'> & {
    readonly steps: number
  },
): Promise<Weights> {
  async function* pass(random: Random) {
    for await (const { images, labels } of batches(train, { size: BATCH, shuffle: random })) {
      yield { images: asChannel(deformed(images, random)), labels }
    }
  }
  const { weights } = await fit(convNet, {
    ...run,
    batches: ({ random }) => pass(random),
    optimizer,
    schedule: cosine({ steps }),
    steps,
  })
  return weights
}

/** The class of each digit. */
export async function predictConvNet(
  weights: Weights,
  { images, labels }: LabelledImages<GreyShape>,
  signal: AbortSignal,
): Promise<Int32Array> {
  const all = asChannel(toFloat32(images))
  const size = 500
  function* chunks() {
    for (let start = 0; start < labels.length; start += size) {
      const some = Math.min(size, labels.length - start)
      const data = all.data.subarray(start * 784, (start + some) * 784)
      yield { images: { data, shape: [some, 1, 28, 28] }, labels: labels.subarray(start, start + some) }
    }
  }
  return (await evaluate(convNet, weights, chunks(), { signal })).predictions
}

const asChannel = ({ data, shape: [count, height, width] }: FloatImages<GreyShape>) => ({
  data,
  shape: [count, 1, height, width],
})
