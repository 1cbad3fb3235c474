// CIFAR-10 as ResNet-20 takes it: some training images held out, the mean image subtracted, crops and flips for training.
import {
  type ColourShape,
  type FloatImages,
  type LabelledImages,
  type LoadedSet,
  alternatingFlips,
  batches,
  mapImages,
  meanImage,
  randomCrops,
  randomFlips,
  subtractMean,
  take,
} from '@scatterlab/datasets'
import type { Batch, Pass } from '@scatterlab/nn'
import { random } from '@scatterlab/tensor'

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

/** How the training images are passed over. */
export interface PassOptions {
  readonly batch: number
  /** A pass takes so many images, the set in so large slices, one after the other, round and round. */
  readonly perPass: number
  readonly mirrored?: 'at random' | 'by turns'
}

/** Passes in orders drawn anew: each image cropped at random from a frame of 4 pixels of the mean, and half of them mirrored. */
export function trainingPasses(
  { train, mean }: Pick<Images, 'train' | 'mean'>,
  { batch: size, perPass, mirrored = 'at random' }: PassOptions,
  seed: number,
): (pass: Pass) => AsyncGenerator<Batch> {
  const passes = Math.max(1, Math.floor(train.labels.length / perPass))
  const turns = alternatingFlips(perPass, random(`${seed} mirrored first`))
  return ({ epoch, random: stream, signal }) => {
    const slice = take(train, perPass, (epoch % passes) * perPass)
    return mapImages(batches(slice, { size, shuffle: stream, drop: true, signal }), (images, { indices }) => {
      const turn = Math.floor(epoch / passes)
      const mirror = mirrored === 'by turns' && { mirrored: (image: number) => turns.mirrored(indices[image], turn) }
      const crops = randomCrops(subtractMean(images, mean), stream, { padding: 4, ...mirror })
      return mirror ? crops : randomFlips(crops, stream)
    })
  }
}

/** One pass over images that are only looked at. */
export const plainBatches = (
  set: LabelledImages<ColourShape>,
  mean: Float32Array,
): AsyncGenerator<{ readonly images: FloatImages<ColourShape>; readonly labels: Uint8Array }> =>
  mapImages(batches(set, { size: 250 }), (images) => subtractMean(images, mean))
