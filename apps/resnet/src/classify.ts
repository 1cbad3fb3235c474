// `--weights FILE`: a finished network on a folder of images of the user's own.
import { CIFAR10_CLASSES, mapImages, subtractMean } from '@scatterlab/datasets'
import { labelledFolder } from '@scatterlab/datasets/folder'
import { type Weights, decodeSafetensors, loadWeights, predict, saveWeights } from '@scatterlab/nn'
import { type RunContext, type WeightsFile, reportClassified } from '@scatterlab/repro'
import { ValueError } from '@scatterlab/tensor'
import { cifarResNet } from './resnet.ts'

/** The file of a network's weights, with its depth and the mean image that it was trained on. */
export const weightsFile = (weights: Weights, depth: number, mean: Float32Array): Promise<Uint8Array> =>
  saveWeights(weights, {
    depth: String(depth),
    mean: JSON.stringify(Array.from(mean, (v) => Number(v.toPrecision(9)))),
  })

/** Classifies DIR/any/IMAGE, each brought to 32×32 pixels. Throws what `loadWeights` and `labelledFolder` throw. */
export async function classify(context: RunContext<unknown>, { file, bytes }: WeightsFile): Promise<void> {
  const { dataFolder, backend, signal, progress, log, output } = context
  if (dataFolder === undefined)
    throw new ValueError('--weights classifies the images DIR/any/IMAGE of --data DIR: give DIR')
  const { depth, mean: text } = decodeSafetensors(bytes, { file }).metadata
  if (depth === undefined || text === undefined)
    throw new ValueError(`${file} is no network of this app: give resnet-20.safetensors of its results`)
  const mean = JSON.parse(text) as number[]
  const network = cifarResNet(Number(depth))
  const weights = loadWeights(network, bytes, { backend, file })
  const onSkip = (skipped: { file: string; error: Error }): void =>
    log(`left out ${skipped.file}: ${skipped.error.message}`)
  const folder = await labelledFolder(dataFolder, { size: 32, skipUndecodable: true, onSkip })
  output.describe({
    data: `${dataFolder}: ${folder.length} images`,
    protocol: `ResNet-${depth} of ${file}; the middle of each image brought to 32×32 pixels`,
  })
  const { outputs } = await progress.during(
    'images',
    ({ reach: onProgress }) => {
      const batches = mapImages(folder.batches({ size: 250, signal }), (images) => subtractMean(images, mean))
      return predict(network, weights, batches, { signal, onProgress })
    },
    folder.length,
  )
  const { files, skipped } = folder
  reportClassified(output, { method: `ResNet-${depth}`, files, skipped, outputs, classes: CIFAR10_CLASSES })
}
