// A small ConvNet whose layers are changes of variable one after the other, and what each of them makes of digits.
import { type GreyShape, type LabelledImages, batches, mapImages, withChannel } from '@scatterlab/datasets'
import {
  type Batches,
  type FitOptions,
  type Network,
  type Weights,
  conv2d,
  flatten,
  layerOutputs,
  linear,
  maxPool,
  network,
  relu,
  sequential,
} from '@scatterlab/nn'
import { cosine, sgd } from '@scatterlab/optim'
import type { ShapedArray } from '@scatterlab/tensor'

/** conv 5×5 → ρ → max 2/2, twice; 64 units; ten classes. */
export const convNet: Network = network(
  sequential({
    conv1: conv2d({ channels: 8, size: 5 }),
    relu1: relu(),
    pool1: maxPool({ size: 2 }),
    conv2: conv2d({ channels: 16, size: 5 }),
    relu2: relu(),
    pool2: maxPool({ size: 2 }),
    flatten: flatten(),
    fc1: linear({ units: 64 }),
    relu3: relu(),
    fc2: linear({ units: 10 }),
  }),
  [1, 28, 28],
)

/** The layers that are looked at, and what they are called. */
export const LAYERS = { pool1: 'layer 1', pool2: 'layer 2', relu3: 'layer 3', fc2: 'output' } as const

/** The lecture's rule: batches of 50, momentum 0.9, decay 0.0005, the rate falling from 0.05 as a cosine. */
export const trainingBy = (
  set: LabelledImages<GreyShape>,
  steps: number,
): Pick<FitOptions, 'batches' | 'optimizer' | 'schedule' | 'steps'> => ({
  batches: ({ random }) => mapImages(batches(set, { size: 50, shuffle: random }), withChannel),
  optimizer: sgd({ rate: 0.05, momentum: 0.9, decay: 0.0005 }),
  schedule: cosine({ steps }),
  steps,
})

/** Digits as they are. */
export const plain = (set: LabelledImages<GreyShape>): Batches => mapImages(batches(set, { size: 500 }), withChannel)

/** What the layers make of the images, by what they are called: each [images, ...]. */
export async function layersOf(
  weights: Weights,
  set: LabelledImages<GreyShape>,
  signal: AbortSignal,
): Promise<Record<string, ShapedArray>> {
  const found = await layerOutputs(convNet, weights, plain(set), { layers: Object.keys(LAYERS), signal })
  return Object.fromEntries(Object.entries(LAYERS).map(([layer, name]) => [name, found[layer]]))
}
