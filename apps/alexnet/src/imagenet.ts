// AlexNet on a folder of images laid out as ImageNet (train/CLASS/IMAGE, val/CLASS/IMAGE): the recipe's crops, mirror images and colour
// noise for training, its ten crops for testing.
import {
  type ChannelStatistics,
  type ColourShape,
  DatasetError,
  type FloatImages,
  addColourNoise,
  channelStatistics,
  prefetch,
  randomCrops,
  randomFlips,
  tenCrops,
} from '@scatterlab/datasets'
import { type LabelledFolder, labelledFolder } from '@scatterlab/datasets/folder'
import { type Batch, type FitOptions, type FitResult, type Network, type Weights, fit } from '@scatterlab/nn'
import { type Backend, type Random, type RealArray, random, scope, tensor } from '@scatterlab/tensor'
import { centre, meanImage } from './mean-image.ts'
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

/** The mean image and the colours of some training images, drawn by the seed. */
export async function statisticsOf(
  train: LabelledFolder,
  { statistics }: FolderRecipe,
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal },
): Promise<Statistics> {
  const indices = random(`${seed} statistics`).permutation(train.length).subarray(0, statistics)
  const some = await train.load({ indices, signal })
  return { mean: meanImage(some.images).map((v) => v / 255), colours: channelStatistics(some.images) }
}

type Images = FloatImages<ColourShape>

/** A crop of each image, mirrored or not, its colours shifted, in the unit of bytes. */
export function augmented(images: Images, { mean, colours }: Statistics, recipe: FolderRecipe, stream: Random): Images {
  centre(images, mean, 1)
  const crops = randomFlips(randomCrops(images, stream, { size: [recipe.crop, recipe.crop] }), stream)
  const shifted = addColourNoise(crops, colours, stream, recipe.colourDeviation)
  inBytes(shifted)
  return shifted
}

function inBytes({ data }: Images): void {
  for (let i = 0; i < data.length; i++) data[i] *= 255
}

/** The middle crop of each image, in the unit of bytes: what the plateau is judged by. */
async function* middles(
  { val }: ImageFolders,
  { mean }: Statistics,
  { crop, side, tested }: FolderRecipe,
): AsyncGenerator<Batch, void> {
  const middle = cutMiddle(mean, side, crop)
  for await (const { images, labels } of val.batches({ size: 32, crop, indices: spread(val, tested) })) {
    centre(images, middle, 255)
    yield { images, labels }
  }
}

/** The middle crop×crop of three planes side×side. */
function cutMiddle(planes: Float64Array, side: number, crop: number): Float64Array {
  const margin = (side - crop) >> 1
  return Float64Array.from({ length: 3 * crop * crop }, (_, i) => {
    const [plane, y, x] = [Math.floor(i / (crop * crop)), Math.floor(i / crop) % crop, i % crop]
    return planes[(plane * side + y + margin) * side + x + margin]
  })
}

/** All images, or so many spread evenly over the folder. */
function spread({ length }: LabelledFolder, tested = length): Int32Array {
  const count = Math.min(tested, length)
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * length) / count))
}

/** What a training needs beside its recipe. */
export interface FolderTraining {
  readonly folders: ImageFolders
  readonly statistics: Statistics
  readonly backend: Backend
  readonly seed: number
  readonly signal: AbortSignal
}

/** Trains by the recipe; goes on from `resume`, if there is one. */
export function trainOnFolder(
  network: Network,
  recipe: FolderRecipe,
  { folders, statistics, backend, seed, signal }: FolderTraining,
  options: Pick<FitOptions, 'onProgress' | 'checkpoint' | 'resume'> = {},
): Promise<FitResult> {
  async function* pass(stream: Random): AsyncGenerator<Batch, void> {
    const read = folders.train.batches({ size: recipe.batch, shuffle: stream, signal })
    for await (const { images, labels } of prefetch(read, { signal })) {
      yield { images: augmented(images, statistics, recipe, stream), labels }
    }
  }
  return fit(network, {
    batches: (epoch) => pass(epoch.random),
    validation: () => middles(folders, statistics, recipe),
    optimizer: slideRule(recipe),
    schedule: slideSchedule(recipe),
    epochs: recipe.epochs,
    ...(recipe.steps === undefined ? {} : { steps: recipe.steps }),
    seed,
    backend,
    signal,
    ...options,
  })
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
  recipe: FolderRecipe,
  { backend, signal, onImages }: { backend: Backend; signal: AbortSignal; onImages: (count: number) => void },
): Promise<TenCropErrors> {
  const sums = { total: 0, top1: 0, top5: 0 }
  const [classes] = network.output
  for await (const { images, labels } of val.batches({ size: 8, signal, indices: spread(val, recipe.tested) })) {
    centre(images, mean, 255)
    const crops = tenCrops(images, [recipe.crop, recipe.crop])
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
    onImages(labels.length)
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
