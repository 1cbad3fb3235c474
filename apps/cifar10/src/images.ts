// CIFAR-10 as the deep network takes it: channels of mean 0 and deviation 1; moved, and mirrored by turns, for training.
import {
  type ChannelStatistics,
  type ColourShape,
  type FloatImages,
  type LabelledImages,
  alternatingFlips,
  batches,
  mapImages,
  normaliseChannels,
  patchMoments,
  randomCrops,
  take,
  toFloat32,
} from '@scatterlab/datasets'
import { leadingEigenpairs } from '@scatterlab/learn'
import { type Batch, type Pass, whiteningFilters } from '@scatterlab/nn'
import { random } from '@scatterlab/tensor'

/** Mean and deviation of the channels of the 50,000 training images, bytes as 0 to 1. */
const colours: Pick<ChannelStatistics, 'mean' | 'deviation'> = {
  mean: Float64Array.of(0.4914, 0.4822, 0.4465),
  deviation: Float64Array.of(0.247, 0.2435, 0.2616),
}

/** Images, 0 to 1, as numbers that the network takes: overwritten. */
export const normalised = (images: FloatImages<ColourShape>): FloatImages<ColourShape> =>
  normaliseChannels(images, colours, { inPlace: true })

/** Passes in orders drawn anew: images moved by up to `shift` pixels, what comes in being reflected, and mirrored in every second pass. */
export function trainingPasses(
  set: LabelledImages<ColourShape>,
  { batch: size, shift }: { readonly batch: number; readonly shift: number },
  seed: number,
): (pass: Pass) => AsyncGenerator<Batch> {
  const turns = alternatingFlips(set.labels.length, random(`${seed} mirrored first`))
  return ({ epoch, random: stream, signal }) =>
    mapImages(batches(set, { size, shuffle: stream, drop: true, signal }), (images, { indices }) =>
      randomCrops(normalised(images), stream, {
        padding: shift,
        fill: 'reflect',
        mirrored: (image) => turns.mirrored(indices[image], epoch),
      }),
    )
}

/** One pass over images that are only looked at. */
export const plainBatches = (
  set: LabelledImages<ColourShape>,
  size = 250,
): AsyncGenerator<{ readonly images: FloatImages<ColourShape>; readonly labels: Uint8Array }> =>
  mapImages(batches(set, { size }), normalised)

/** The filters [24, 3, 2, 2] that whiten 2×2 patches of the first `count` images. */
export async function whitening(set: LabelledImages<ColourShape>, count: number): Promise<Float64Array> {
  const { data, shape } = patchMoments(normalised(toFloat32(take(set, count).images)), { size: 2 })
  return whiteningFilters(await leadingEigenpairs({ data, shape }, shape[0]))
}
