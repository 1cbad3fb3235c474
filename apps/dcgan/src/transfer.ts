// What drawn images are worth to a classifier: one that learns from them is asked about real images, and one that learns from real ones about
// them.
import {
  type Batch,
  type Network,
  type Weights,
  conv2d,
  fit,
  flatten,
  linear,
  maxPool,
  network,
  predict,
  relu,
  sequential,
} from '@scatterlab/nn'
import { adam, cosine } from '@scatterlab/optim'
import type { RunContext } from '@scatterlab/repro'
import type { Pictures } from './images.ts'

type Run = Pick<RunContext<unknown>, 'backend' | 'signal' | 'seed'>

/** A classifier of images that has learned. */
export interface ImageClassifier {
  readonly network: Network
  readonly weights: Weights
}

/** Passes over the images that a classifier learns from. */
const PASSES = 2
const BATCH = 50

/** conv 5×5 → ρ → max 2/2, twice, then the classes. */
const networkFor = ([, channels, side]: Pictures['shape'], classes: number): Network =>
  network(
    sequential({
      conv1: conv2d({ channels: 16, size: 5 }),
      relu1: relu(),
      pool1: maxPool({ size: 2 }),
      conv2: conv2d({ channels: 32, size: 5 }),
      relu2: relu(),
      pool2: maxPool({ size: 2 }),
      flatten: flatten(),
      fc: linear({ units: classes }),
    }),
    [channels, side, side],
  )

/** A small ConvNet that learns from images and labels, the rate falling as a cosine. */
export async function learnClassifier(
  images: Pictures,
  labels: ArrayLike<number>,
  classes: number,
  { backend, signal, seed }: Run,
): Promise<ImageClassifier> {
  const own = networkFor(images.shape, classes)
  const count = images.shape[0]
  const size = Math.min(BATCH, count)
  const steps = PASSES * Math.floor(count / size)
  const { weights } = await fit(own, {
    batches: ({ random: stream }) => inBatches(images, labels, size, stream.permutation(count)),
    optimizer: adam({ rate: 2e-3 }),
    schedule: cosine({ steps }),
    steps,
    seed: `${seed}/classifier`,
    backend,
    signal,
  })
  return { network: own, weights }
}

function* inBatches(
  { data, shape }: Pictures,
  labels: ArrayLike<number>,
  size: number,
  order: Int32Array,
): Generator<Batch> {
  const [count, ...item] = shape
  const length = data.length / count
  for (let from = 0; from + size <= count; from += size) {
    const rows = order.subarray(from, from + size)
    const own = new Float32Array(size * length)
    rows.forEach((row, i) => own.set(data.subarray(row * length, (row + 1) * length), i * length))
    yield { images: { data: own, shape: [size, ...item] }, labels: Array.from(rows, (row) => labels[row]) }
  }
}

/** The classes that a classifier gives images. */
export async function classesOf(
  { network: own, weights }: ImageClassifier,
  images: Pictures,
  { signal }: Run,
): Promise<Int32Array> {
  const [count, ...item] = images.shape
  const length = images.data.length / count
  const chunks = function* () {
    for (let from = 0; from < count; from += 500) {
      const rows = Math.min(500, count - from)
      yield { images: { data: images.data.subarray(from * length, (from + rows) * length), shape: [rows, ...item] } }
    }
  }
  return (await predict(own, weights, chunks(), { signal })).classes
}

/** Which classes were drawn, by the classes that a classifier gives the images. */
export interface Coverage {
  /** Classes with at least half of their share. */
  readonly covered: number
  /** KL divergence of the drawn shares from the real ones, in bits. */
  readonly divergence: number
}

/** Compares how often each class was drawn with its share of real images. */
export function coverageOf(drawn: ArrayLike<number>, real: ArrayLike<number>, classes: number): Coverage {
  const sharesOf = (labels: ArrayLike<number>): Float64Array => {
    const shares = new Float64Array(classes)
    for (let i = 0; i < labels.length; i++) shares[labels[i]] += 1 / labels.length
    return shares
  }
  const [p, q] = [sharesOf(drawn), sharesOf(real)]
  const covered = p.reduce((sum, share, c) => sum + (share >= q[c] / 2 ? 1 : 0), 0)
  const divergence = p.reduce((sum, share, c) => sum + (share > 0 ? share * Math.log2(share / q[c]) : 0), 0)
  return { covered, divergence }
}
