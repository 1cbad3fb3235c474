// AlexNet on a folder of images laid out as ImageNet (train/CLASS/IMAGE, val/CLASS/IMAGE): the recipe's crops, mirror images and colour
// noise for training, its ten crops for testing.
import {
  type ChannelStatistics,
  type ColourShape,
  DatasetError,
  type FloatImages,
  addColourNoise,
  channelStatistics,
  mapImages,
  meanImage,
  prefetch,
  randomCrops,
  randomFlips,
  subtractMean,
  tenCrops,
} from '@scatterlab/datasets'
import { type LabelledFolder, labelledFolder } from '@scatterlab/datasets/folder'
import type { FitOptions, Network, Weights } from '@scatterlab/nn'
import type { Phase, RunContext } from '@scatterlab/repro'
import { type Random, type RealArray, random, scope, tensor } from '@scatterlab/tensor'
import { type FolderRecipe, slideRule, slideSchedule } from './recipe.ts'

/** Two folders of the same classes. */
export interface ImageFolders {
  readonly train: LabelledFolder
  readonly val: LabelledFolder
}

/**
 * The folders train/ and val/ in `folder`, images that cannot be decoded left out and told to `log`; null if it has no train/. Throws
 * DatasetError for a layout that is none, and where val/ is missing or has a class that train/ lacks.
 */
export async function imageFoldersIn(
  folder: string | undefined,
  { side }: FolderRecipe,
  log: (line: string) => void,
): Promise<ImageFolders | null> {
  if (folder === undefined) return null
  const onSkip = ({ file, error }: { file: string; error: Error }): void => log(`left out ${file}: ${error.message}`)
  const options = { size: side, skipUndecodable: true, onSkip }
  try {
    const train = await labelledFolder(`${folder}/train`, options)
    return { train, val: await labelledFolder(`${folder}/val`, { ...options, classes: train.classes }) }
  } catch (error) {
    if (error instanceof DatasetError && error.code === 'NOT_FOUND' && !error.message.includes(`${folder}/val`))
      return null
    throw error
  }
}

/** What is subtracted from images, and how their colours vary; of bytes as 0 to 1. */
export interface Statistics {
  readonly mean: Float64Array
  readonly colours: Pick<ChannelStatistics, 'covariance'>
}

/** The mean image and the principal colours of some training images, drawn by the seed. */
export async function statisticsOf(
  train: LabelledFolder,
  { statistics }: FolderRecipe,
  { seed, signal }: Pick<RunContext<unknown>, 'seed' | 'signal'>,
): Promise<Statistics> {
  const indices = random(`${seed} statistics`).permutation(train.length).subarray(0, statistics)
  const { images } = await train.load({ indices, signal })
  return { mean: meanImage(images), colours: channelStatistics(images) }
}

type Images = FloatImages<ColourShape>

function inBytes(images: Images): Images {
  for (let i = 0; i < images.data.length; i++) images.data[i] *= 255
  return images
}

/** A crop of each image, mirrored or not, its colours shifted, in the unit of bytes. */
export function augmented(images: Images, { mean, colours }: Statistics, recipe: FolderRecipe, stream: Random): Images {
  const crops = randomCrops(subtractMean(images, mean), stream, { size: [recipe.crop, recipe.crop] })
  return inBytes(addColourNoise(randomFlips(crops, stream), colours, stream, recipe.colourDeviation))
}

/** The middle crop×crop of a mean image side×side. */
export function middleOf(mean: Float64Array, { side, crop }: FolderRecipe): Float32Array {
  const crops = tenCrops({ data: Float32Array.from(mean), shape: [1, 3, side, side] }, [crop, crop])
  return crops.data.subarray(4 * 3 * crop * crop, 5 * 3 * crop * crop)
}

/** All images, or so many spread evenly over the folder. */
function spread({ length }: LabelledFolder, tested = length): Int32Array {
  const count = Math.min(tested, length)
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * length) / count))
}

/** How AlexNet is trained on a folder; the plateau is judged by the middle crops of the validation images. */
export function trainingBy(
  recipe: FolderRecipe,
  { train, val }: ImageFolders,
  statistics: Statistics,
  signal: AbortSignal,
): Pick<FitOptions, 'batches' | 'validation' | 'optimizer' | 'schedule' | 'epochs' | 'steps'> {
  const { batch: size, crop, tested, epochs, steps } = recipe
  const middle = middleOf(statistics.mean, recipe)
  return {
    batches: ({ random }) =>
      mapImages(prefetch(train.batches({ size, shuffle: random, signal }), { signal }), (images) =>
        augmented(images, statistics, recipe, random),
      ),
    validation: () =>
      mapImages(val.batches({ size: 32, crop, indices: spread(val, tested) }), (images) =>
        inBytes(subtractMean(images, middle)),
      ),
    optimizer: slideRule(recipe),
    schedule: slideSchedule(recipe),
    epochs,
    ...(steps !== undefined && { steps }),
  }
}

/** Errors of predictions averaged over ten crops. */
export interface TenCropErrors {
  readonly total: number
  /** The most probable class is wrong. */
  readonly top1: number
  /** The class is not among the five most probable. */
  readonly top5: number
}

/** The mean of the ten crops' softmax, for each image of the validation folder. Paper, section 4.1. */
export async function tenCropTest(
  network: Network,
  weights: Weights,
  { val }: ImageFolders,
  { mean }: Statistics,
  { crop, tested }: FolderRecipe,
  { backend, signal }: Pick<RunContext<unknown>, 'backend' | 'signal'>,
  phase: Pick<Phase, 'advance'>,
): Promise<TenCropErrors> {
  const sums = { total: 0, top1: 0, top5: 0 }
  const [classes] = network.output
  for await (const { images, labels } of val.batches({ size: 8, signal, indices: spread(val, tested) })) {
    const crops = tenCrops(inBytes(subtractMean(images, mean)), [crop, crop])
    const logits = scope(() => network.forward(weights, tensor(crops.data, crops.shape, { backend })))
    const numbers = await logits.read()
    backend.release(logits.buffer)
    for (const [image, label] of labels.entries()) {
      const mean = meanSoftmax(numbers.subarray(image * 10 * classes, (image + 1) * 10 * classes), classes)
      const rank = mean.reduce((above, p, c) => above + Number(p > mean[label] || (p === mean[label] && c < label)), 0)
      sums.total++
      sums.top1 += Number(rank >= 1)
      sums.top5 += Number(rank >= 5)
    }
    phase.advance(labels.length)
  }
  return sums
}

/** The mean over rows of eᶻ / Σ eᶻ. */
export function meanSoftmax(logits: RealArray, classes: number): Float64Array {
  const rows = logits.length / classes
  const mean = new Float64Array(classes)
  for (let row = 0; row < rows; row++) {
    const z = logits.subarray(row * classes, (row + 1) * classes)
    const largest = Math.max(...z)
    const exponentials = Float64Array.from(z, (v) => Math.exp(v - largest))
    const sum = exponentials.reduce((a, b) => a + b, 0)
    for (let c = 0; c < classes; c++) mean[c] += exponentials[c] / sum / rows
  }
  return mean
}
