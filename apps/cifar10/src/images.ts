// CIFAR-10 as the deep network takes it: channels of mean 0 and deviation 1, moved and mirrored for training.
import {
  type ChannelStatistics,
  type ColourShape,
  type LabelledImages,
  batches,
  mapImages,
  normaliseChannels,
  randomCrops,
  randomFlips,
} from '@scatterlab/datasets'
import type { Batch, Pass } from '@scatterlab/nn'

/** Mean and deviation of the channels of the 50,000 training images, bytes as 0 to 1. */
export const colours: Pick<ChannelStatistics, 'mean' | 'deviation'> = {
  mean: Float64Array.of(0.4914, 0.4822, 0.4465),
  deviation: Float64Array.of(0.247, 0.2435, 0.2616),
}

/** One pass in an order drawn anew. */
export const trainingBatches = (
  set: LabelledImages<ColourShape>,
  size: number,
  { random, signal }: Pass,
): AsyncGenerator<Batch> =>
  mapImages(batches(set, { size, shuffle: random, drop: true, signal }), (images) =>
    randomFlips(randomCrops(normaliseChannels(images, colours), random, { padding: 2 }), random),
  )

/** One pass over images that are only looked at. */
export const plainBatches = (set: LabelledImages<ColourShape>, size = 500): AsyncGenerator<Batch> =>
  mapImages(batches(set, { size }), (images) => normaliseChannels(images, colours))
