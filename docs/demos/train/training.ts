// A small ConvNet on the embedded digits, trained step by step and looked at on the way.
import { batches, mapImages, take, withChannel } from '@scatterlab/datasets'
import { mnistSample } from '@scatterlab/datasets/mnist-sample'
import {
  type Batch,
  type Network,
  type Weights,
  conv2d,
  evaluate,
  flatten,
  layerOutputs,
  linear,
  maxPool,
  network,
  relu,
  sequential,
  trainingStep,
} from '@scatterlab/nn'
import { type OptimizerState, sgd } from '@scatterlab/optim'
import { type Backend, random, scope, startTurns } from '@scatterlab/tensor'
import { type Painted, mosaic } from '../worker/painted.ts'
import { layers } from './layers.ts'
import { fisherRatio } from './separation.ts'

/** conv 5×5 → ρ → max 2/2, twice; ten classes. */
export const convNet: Network = network(
  sequential({
    conv1: conv2d({ channels: 8, size: 5 }),
    relu1: relu(),
    'layer 1': maxPool({ size: 2 }),
    conv2: conv2d({ channels: 16, size: 5 }),
    relu2: relu(),
    'layer 2': maxPool({ size: 2 }),
    flatten: flatten(),
    classes: linear({ units: 10 }),
  }),
  [1, 28, 28],
)

const SIZE = 50
/** Steps between two looks at the layers. */
const EVERY = 10
/** Test digits that are looked at. */
const LOOKED = 200

/** A look at the network after some steps. */
export interface TrainingLook {
  readonly step: number
  /** Mean loss of the steps since the last look; null before the first. */
  readonly loss: number | null
  /** Of test digits. */
  readonly errors: number
  readonly tested: number
  /** Fisher's ratio of each of `layers` on these. */
  readonly separation: readonly number[]
  /** The 8 filters of the first layer, and where they began. */
  readonly filters: Painted
  readonly imagesPerSecond: number | null
}

/** A network in training, which goes on where it stopped. */
export interface Training {
  /** Trains until `signal` or so many steps; `look` hears of the beginning and of each tenth step. */
  run(options: {
    readonly steps: number
    readonly rate: number
    readonly signal: AbortSignal
    readonly look: (look: TrainingLook) => void
  }): Promise<void>
  readonly step: number
}

/** A network before its first step, by a seed. */
export async function training(backend: Backend, seed: number): Promise<Training> {
  const { train, test } = await mnistSample()
  const looked = take(test, LOOKED)
  const weights: Weights = convNet.initialise(random(`weights/${seed}`), { backend })
  const optimizer = sgd({ rate: 0.05, momentum: 0.9, decay: 0.0005 })
  let state: OptimizerState = optimizer.init(weights.parameters)
  const stream = random(`passes/${seed}`)
  let pass = passOver()
  const first = await filtersOf(weights)
  let beginningTold = false

  function passOver(): AsyncIterator<Batch> {
    return mapImages(batches(train, { size: SIZE, shuffle: stream }), withChannel)[Symbol.asyncIterator]()
  }

  async function nextBatch(): Promise<Batch> {
    const next = await pass.next()
    if (!next.done) return next.value
    pass = passOver()
    return nextBatch()
  }

  async function lookAt(
    loss: number | null,
    imagesPerSecond: number | null,
    signal: AbortSignal,
  ): Promise<TrainingLook> {
    const some = () => mapImages(batches(looked, { size: LOOKED }), withChannel)
    const { errors, total } = await evaluate(convNet, weights, some(), { signal })
    const outputs = await layerOutputs(convNet, weights, some(), { layers: layers.slice(1), signal })
    const pixels = { data: looked.images.data, shape: looked.images.shape }
    const now = await filtersOf(weights)
    const peak = [...first, ...now].reduce((most, { data }) => Math.max(most, ...data.map(Math.abs)), 0)
    return {
      step: state.step,
      loss,
      errors,
      tested: total,
      separation: [pixels, ...layers.slice(1).map((name) => outputs[name])].map((features) =>
        fisherRatio(features, looked.labels),
      ),
      filters: mosaic([...first, ...now], 8, { map: 'diverging', range: [-peak, peak] }),
      imagesPerSecond,
    }
  }

  return {
    get step() {
      return state.step
    },
    async run({ steps, rate, signal, look }) {
      const turns = startTurns(signal)
      if (!beginningTold) look(await lookAt(null, null, signal))
      beginningTold = true
      let losses: number[] = []
      let since = performance.now()
      while (state.step < steps) {
        const batch = await nextBatch()
        const loss = scope(() => {
          const step = trainingStep(convNet, weights, batch)
          state = optimizer.update(weights.parameters, step.gradients, state, { rate })
          return step.loss.item()
        })
        if (!Number.isFinite(loss))
          throw new Error(
            `the loss is no number any more at step ${state.step}: lower the learning rate, and begin again`,
          )
        losses.push(loss)
        if (state.step % EVERY === 0) {
          const seconds = (performance.now() - since) / 1000
          const mean = losses.reduce((sum, v) => sum + v, 0) / losses.length
          look(await lookAt(mean, (losses.length * SIZE) / seconds, signal))
          losses = []
          since = performance.now()
        }
        await turns.next()
      }
    },
  }
}

async function filtersOf({
  parameters,
}: Weights): Promise<{ readonly data: number[]; readonly shape: readonly number[] }[]> {
  const data = Array.from(await parameters['conv1.weight'].read())
  return Array.from({ length: 8 }, (_, i) => ({ data: data.slice(i * 25, (i + 1) * 25), shape: [5, 5] }))
}
