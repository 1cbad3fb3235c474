// CIFAR-10 as ResNet-20 takes it: some training images held out, the mean image subtracted, crops and flips for training.
import {
  type ColourShape,
  DatasetError,
  type FloatImages,
  type LabelledImages,
  batches,
  cifar10,
  randomCrops,
  randomFlips,
  take,
} from '@scatterlab/datasets'
import type { RunContext } from '@scatterlab/repro'
import type { Random } from '@scatterlab/tensor'

/** Images for training, for choosing and watching, and for the one look at the end. */
export interface Images {
  readonly train: LabelledImages<ColourShape>
  /** Training images that are never trained on. */
  readonly held: LabelledImages<ColourShape>
  readonly test: LabelledImages<ColourShape>
  /** Of each pixel over the training images, 0 to 1. */
  readonly mean: Float32Array
  readonly source: string
  readonly canonical: boolean
}

/** Some images as the network takes them, with their classes. */
interface NetworkBatch {
  readonly images: FloatImages<ColourShape>
  readonly labels: Uint8Array
}

/**
 * Loads CIFAR-10 and splits its training images: the first `training` to train on, the last `held` held out,
 * and the first `testing` to test. Throws an error that says
 * how to get the set, where it is neither in the folder nor in the cache nor on the network: nothing stands in for it.
 */
export async function loadImages(
  { dataFolder, signal, progress }: Pick<RunContext<unknown>, 'dataFolder' | 'signal' | 'progress'>,
  { training, held, testing }: { readonly training: number; readonly held: number; readonly testing: number },
): Promise<Images> {
  const phase = progress.phase('data')
  try {
    const all = await cifar10({ ...(dataFolder === undefined ? {} : { folder: dataFolder }), signal })
    const train = take(all.train, training)
    return {
      train,
      held: take(all.train, held, all.train.labels.length - held),
      test: take(all.test, testing),
      mean: meanImage(train),
      source: all.source,
      canonical: all.canonical,
    }
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error
    const fix = 'put its six .bin files (plain or .gz) into DIR/cifar10 and give --data DIR, or connect to the network'
    throw new Error(`ResNet-20 is trained on CIFAR-10, which is not at hand: ${fix}. ${error.message}`, {
      cause: error,
    })
  } finally {
    phase.done()
  }
}

/** The mean of each pixel of each channel, 0 to 1. */
export function meanImage({ images: { data, shape } }: LabelledImages<ColourShape>): Float32Array {
  const size = data.length / shape[0]
  const sums = new Float64Array(size)
  for (let at = 0; at < data.length; at += size) for (let i = 0; i < size; i++) sums[i] += data[at + i]
  return Float32Array.from(sums, (sum) => sum / shape[0] / 255)
}

/** How training images are passed. */
export interface TrainingPass {
  readonly images: Pick<Images, 'train' | 'mean'>
  readonly epoch: number
  readonly random: Random
  readonly signal?: AbortSignal
  readonly batch: number
  /** Images of a pass: the set in so large slices, one after the other, round and round. */
  readonly perPass: number
}

/** One pass in an order drawn anew: each image cropped at random from a frame of 4 pixels of the mean, and mirrored half of the time. */
export async function* trainingBatches(pass: TrainingPass): AsyncGenerator<NetworkBatch, void, undefined> {
  const { images, epoch, random, signal, batch, perPass } = pass
  const passes = Math.max(1, Math.floor(images.train.labels.length / perPass))
  const slice = take(images.train, perPass, (epoch % passes) * perPass)
  const order = batches(slice, { size: batch, shuffle: random, drop: true, ...(signal && { signal }) })
  for await (const { images: pixels, labels } of order) {
    const crops = randomCrops(centred(pixels, images.mean), random, { padding: 4 })
    yield { images: randomFlips(crops, random), labels }
  }
}

/** One pass over images that are only looked at. */
export async function* plainBatches(
  set: LabelledImages<ColourShape>,
  mean: Float32Array,
): AsyncGenerator<NetworkBatch, void, undefined> {
  for await (const { images, labels } of batches(set, { size: 250 })) yield { images: centred(images, mean), labels }
}

function centred({ data, shape }: FloatImages<ColourShape>, mean: Float32Array): FloatImages<ColourShape> {
  for (let at = 0; at < data.length; at += mean.length) for (let i = 0; i < mean.length; i++) data[at + i] -= mean[i]
  return { data, shape }
}
