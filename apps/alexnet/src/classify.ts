// `--weights FILE`: a finished network on a folder of images of the user's own.
import { CIFAR10_CLASSES, type ColourShape, type FloatImages, mapImages, subtractMean } from '@scatterlab/datasets'
import { labelledFolder } from '@scatterlab/datasets/folder'
import { type Network, type Weights, decodeSafetensors, loadWeights, predict, saveWeights } from '@scatterlab/nn'
import { type RunContext, type WeightsFile, reportClassified } from '@scatterlab/repro'
import { ValueError } from '@scatterlab/tensor'
import { alexNet } from './network.ts'
import { publishedRecipe } from './recipe.ts'
import { relative } from './relative.ts'

/** What a network must be given with its images. */
export interface Preparation {
  readonly network: 'layers-18pct' | 'alexnet'
  /** Side that images are brought to, and that of the middle which is looked at. */
  readonly side: number
  readonly crop: number
  /** What a byte is multiplied by before `mean`, an image of that middle, is subtracted. */
  readonly scale: number
  readonly mean: readonly number[]
  readonly classes: readonly string[]
}

/** The file of a network's weights, with what its images need. */
export const weightsFile = (weights: Weights, preparation: Preparation): Promise<Uint8Array> =>
  saveWeights(weights, { preparation: JSON.stringify(preparation) })

/** Numbers of a mean image as they are kept: to single precision. */
export const kept = (mean: ArrayLike<number>): number[] => Array.from(mean, (v) => Number(v.toPrecision(9)))

/** What a file of weights says of its images. Throws `ValueError` for one that says nothing. */
function preparationOf(bytes: Uint8Array, file: string): Preparation {
  const { preparation } = decodeSafetensors(bytes, { file }).metadata
  if (preparation !== undefined) return JSON.parse(preparation) as Preparation
  throw new ValueError(
    `${file} is no network of this app: give layers-18pct.safetensors or alexnet.safetensors of its results`,
  )
}

const networkOf = ({ network, classes }: Preparation): Network =>
  network === 'alexnet' ? alexNet(classes.length) : relative(publishedRecipe.deviations)

/** Classifies DIR/any/IMAGE by the middle of each. Throws what `loadWeights` and `labelledFolder` throw. */
export async function classify(context: RunContext<unknown>, { file, bytes }: WeightsFile): Promise<void> {
  const { dataFolder, backend, signal, progress, log, output } = context
  if (dataFolder === undefined)
    throw new ValueError('--weights classifies the images DIR/any/IMAGE of --data DIR: give DIR')
  const preparation = preparationOf(bytes, file)
  const { network: method, side, crop, scale, mean, classes } = preparation
  const network = networkOf(preparation)
  const weights = loadWeights(network, bytes, { backend, file })
  const onSkip = (skipped: { file: string; error: Error }): void =>
    log(`left out ${skipped.file}: ${skipped.error.message}`)
  const folder = await labelledFolder(dataFolder, { size: side, skipUndecodable: true, onSkip })
  output.describe({
    data: `${dataFolder}: ${folder.length} images`,
    protocol: `${method} of ${file}; the middle ${crop}×${crop} pixels of each image brought to a side of ${side}`,
  })
  const prepared = (images: FloatImages<ColourShape>): FloatImages<ColourShape> => subtractMean(images, mean)
  const { outputs } = await progress.during(
    'images',
    ({ reach: onProgress }) => {
      const batches = mapImages(
        folder.batches({ size: method === 'alexnet' ? 32 : 250, crop, scale, signal }),
        prepared,
      )
      return predict(network, weights, batches, { signal, onProgress })
    },
    folder.length,
  )
  const { files, skipped } = folder
  reportClassified(output, { method, files, skipped, outputs, classes })
}

/** What `layers-18pct` needs, trained by a recipe on images with this mean. */
export const relativePreparation = (scale: number, mean: ArrayLike<number>): Preparation => ({
  network: 'layers-18pct',
  side: 32,
  crop: 32,
  scale,
  mean: kept(mean),
  classes: CIFAR10_CLASSES,
})
