// The column that learns: a network of LeNet's size, trained by the lecture's rule on digits that are bent anew at every pass.
import {
  type GreyShape,
  type LabelledImages,
  batches,
  elasticDeformations,
  mapImages,
  randomCrops,
  withChannel,
} from '@scatterlab/datasets'
import {
  type Batches,
  type FitOptions,
  type Network,
  conv2d,
  dropout,
  flatten,
  linear,
  maxPool,
  network,
  relu,
  sequential,
} from '@scatterlab/nn'
import { cosine, sgd } from '@scatterlab/optim'

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

const size = 50

/** How many steps a training set of `count` images is given. */
export const stepsFor = (count: number, { steps, passes }: ConvNetBudget): number =>
  count <= 5_000 ? steps : passes * Math.ceil(count / size)

/**
 * v ← 0.9 v − 0.0005·ε·w − ε·g, w ← w + v: the lecture's rule, ε falling as a cosine; each digit moved by up to a pixel and bent
 * smoothly, anew at every pass.
 */
export const trainingBy = (
  set: LabelledImages<GreyShape>,
  steps: number,
): Pick<FitOptions, 'batches' | 'optimizer' | 'schedule' | 'steps'> => ({
  batches: ({ random }) =>
    mapImages(batches(set, { size, shuffle: random }), (images) => {
      const bent = elasticDeformations(images, random, { amplitude: 1.2, smoothness: 4 })
      return withChannel(randomCrops(bent, random, { padding: 1 }))
    }),
  optimizer: sgd({ rate: 0.05, momentum: 0.9, decay: 0.0005 }),
  schedule: cosine({ steps }),
  steps,
})

/** Digits as they are. */
export const plain = (set: LabelledImages<GreyShape>): Batches => mapImages(batches(set, { size: 500 }), withChannel)
