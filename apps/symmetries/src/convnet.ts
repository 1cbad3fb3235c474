// A small ConvNet that learns its Φ from digits, without deformed ones: what its layers make of orbits it has learned from the digits.
import { type GreyShape, type LabelledImages, batches, mapImages, withChannel } from '@scatterlab/datasets'
import {
  type Batches,
  type FitOptions,
  type Network,
  conv2d,
  flatten,
  linear,
  maxPool,
  network,
  relu,
  sequential,
} from '@scatterlab/nn'
import { cosine, sgd } from '@scatterlab/optim'

/** Side of the frame in which digits stand. */
export const SIDE = 32

/** conv 5×5 → ρ → max 2/2, twice; 64 units; ten classes. */
export const convNet: Network = network(
  sequential({
    conv1: conv2d({ channels: 8, size: 5 }),
    relu1: relu(),
    'layer 1': maxPool({ size: 2 }),
    conv2: conv2d({ channels: 16, size: 5 }),
    relu2: relu(),
    'layer 2': maxPool({ size: 2 }),
    flatten: flatten(),
    fc1: linear({ units: 64 }),
    'layer 3': relu(),
    fc2: linear({ units: 10 }),
  }),
  [1, SIDE, SIDE],
)

/** The layers that are looked at. */
export const LAYERS = ['layer 1', 'layer 2', 'layer 3'] as const

/** Digits in their frame, in an order that `shuffle` draws or the set's own. */
export const framed = (
  set: LabelledImages<GreyShape>,
  size: number,
  shuffle?: Parameters<FitOptions['batches']>[0]['random'],
): Batches => mapImages(batches(set, { size, pad: [SIDE, SIDE], shuffle }), withChannel)

/** The lecture's rule: batches of 50, momentum 0.9, decay 0.0005, the rate falling from 0.05 as a cosine. */
export const trainingBy = (
  set: LabelledImages<GreyShape>,
  steps: number,
): Pick<FitOptions, 'batches' | 'optimizer' | 'schedule' | 'steps'> => ({
  batches: ({ random }) => framed(set, 50, random),
  optimizer: sgd({ rate: 0.05, momentum: 0.9, decay: 0.0005 }),
  schedule: cosine({ steps }),
  steps,
})
