// The column that learns: a small network, trained by the lecture's rule on the rotated digits, at each pass moved by up to two
// pixels and turned by a random number of quarter turns, so that it sees the turns that the classifiers see.
import {
  type FloatImages,
  type GreyShape,
  type LabelledImages,
  batches,
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
import type { Random } from '@scatterlab/tensor'

/** conv 5×5 → ρ → max 2/2, twice; then 256 units, half of them dropped in training, and ten classes. */
export const convNet: Network = network(
  sequential({
    conv1: conv2d({ channels: 20, size: 5 }),
    relu1: relu(),
    pool1: maxPool({ size: 2 }),
    conv2: conv2d({ channels: 40, size: 5 }),
    relu2: relu(),
    pool2: maxPool({ size: 2 }),
    flatten: flatten(),
    fc1: linear({ units: 256 }),
    relu3: relu(),
    drop: dropout(),
    fc2: linear({ units: 10 }),
  }),
  [1, 28, 28],
)

const size = 50

/** Steps of some passes over a set. */
export const stepsFor = (count: number, passes: number): number => passes * Math.ceil(count / size)

/** v ← 0.9 v − 0.0005·ε·w − ε·g, w ← w + v, ε falling as a cosine. */
export const trainingBy = (
  set: LabelledImages<GreyShape>,
  steps: number,
): Pick<FitOptions, 'batches' | 'optimizer' | 'schedule' | 'steps'> => ({
  batches: ({ random }) =>
    mapImages(batches(set, { size, shuffle: random }), (images) =>
      withChannel(randomCrops(quarterTurns(images, random), random, { padding: 2 })),
    ),
  optimizer: sgd({ rate: 0.02, momentum: 0.9, decay: 0.0005 }),
  schedule: cosine({ steps }),
  steps,
})

/** Each square image turned by 0°, 90°, 180° or 270°, as the stream says. */
export function quarterTurns({ data, shape }: FloatImages<GreyShape>, random: Random): FloatImages<GreyShape> {
  const [count, side] = shape
  const last = side - 1
  const out = new Float32Array(data.length)
  for (let i = 0; i < count; i++) {
    const first = i * side * side
    const turns = random.integer(0, 4)
    for (let r = 0; r < side; r++) {
      for (let c = 0; c < side; c++) {
        const [row, column] = [
          [r, c],
          [c, last - r],
          [last - r, last - c],
          [last - c, r],
        ][turns]
        out[first + r * side + c] = data[first + row * side + column]
      }
    }
  }
  return { data: out, shape }
}

/** Digits as they are. */
export const plain = (set: LabelledImages<GreyShape>): Batches => mapImages(batches(set, { size: 500 }), withChannel)
