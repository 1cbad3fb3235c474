// CIFAR-10 as ResNet-20 takes it: some training images held out, the mean image subtracted, crops and flips for training.
import {
  type ColourShape,
  type LabelledImages,
  type LoadedSet,
  batches,
  mapImages,
  meanImage,
  randomCrops,
  randomFlips,
  subtractMean,
  take,
} from '@scatterlab/datasets'
import type { Batch, Pass } from '@scatterlab/nn'

/** Images for training, for choosing and watching, and for the one look at the end. */
export interface Images {
  readonly train: LabelledImages<ColourShape>
  /** Training images that are never trained on. */
  readonly held: LabelledImages<ColourShape>
  readonly test: LabelledImages<ColourShape>
  /** Of each pixel over the training images, 0 to 1. */
  readonly mean: Float32Array
}

/** The first `training` training images to train on, the last `held` held out, and the first `testing` test images. */
export function splitOf(
  { train: all, test }: Pick<LoadedSet<ColourShape>, 'train' | 'test'>,
  { training, held, testing }: { readonly training: number; readonly held: number; readonly testing: number },
): Images {
  const train = take(all, training)
  return {
    train,
    held: take(all, held, all.labels.length - held),
    test: take(test, testing),
    mean: Float32Array.from(meanImage(train.images)),
  }
}

/**
 * One pass in an order drawn anew: each image cropped at random from a frame of 4 pixels of the mean, and mirrored half of the time. A pass
 * takes `perPass` images, the set in so large slices, one after the other, round and round.
 */
export function trainingBatches(
  { train, mean }: Pick<Images, 'train' | 'mean'>,
  { batch: size, perPass }: { readonly batch: number; readonly perPass: number },
  { epoch, random, signal }: Pass,
): AsyncGenerator<Batch> {
  const passes = Math.max(1, Math.floor(train.labels.length / perPass))
  const slice = take(train, perPass, (epoch % passes) * perPass)
  return mapImages(batches(slice, { size, shuffle: random, drop: true, signal }), (images) =>
    randomFlips(randomCrops(subtractMean(images, mean), random, { padding: 4 }), random),
  )
}

/** One pass over images that are only looked at. */
export const plainBatches = (set: LabelledImages<ColourShape>, mean: Float32Array): AsyncGenerator<Batch> =>
  mapImages(batches(set, { size: 250 }), (images) => subtractMean(images, mean))
