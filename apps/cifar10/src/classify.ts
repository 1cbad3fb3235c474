// `--weights FILE`: a finished network on a folder of images of the user's own.
import { CIFAR10_CLASSES, mapImages, testViews } from '@scatterlab/datasets'
import { labelledFolder } from '@scatterlab/datasets/folder'
import { decodeSafetensors, loadWeights, predict } from '@scatterlab/nn'
import { type RunContext, type WeightsFile, reportClassified } from '@scatterlab/repro'
import { ValueError } from '@scatterlab/tensor'
import { normalised } from './images.ts'
import { type Widths, deepNetwork } from './network.ts'

/** Classifies DIR/any/IMAGE, each brought to 32×32 pixels and looked at in six views. Throws what `loadWeights` and `labelledFolder` throw. */
export async function classify(context: RunContext<unknown>, { file, bytes }: WeightsFile): Promise<void> {
  const { dataFolder, backend, signal, progress, log, output } = context
  if (dataFolder === undefined)
    throw new ValueError('--weights classifies the images DIR/any/IMAGE of --data DIR: give DIR')
  const network = deepNetwork({ widths: widthsOf(bytes, file) })
  const weights = loadWeights(network, bytes, { backend, file })
  const onSkip = (skipped: { file: string; error: Error }): void =>
    log(`left out ${skipped.file}: ${skipped.error.message}`)
  const folder = await labelledFolder(dataFolder, { size: 32, skipUndecodable: true, onSkip })
  output.describe({
    data: `${dataFolder}: ${folder.length} images`,
    protocol: `the deep network of ${file}; the middle of each image brought to 32×32 pixels, six views`,
  })
  const { outputs } = await progress.during(
    'images',
    ({ reach: onProgress }) => {
      const batches = mapImages(folder.batches({ size: 250, signal }), normalised)
      return predict(network, weights, batches, { views: testViews, signal, onProgress })
    },
    folder.length,
  )
  const { files, skipped } = folder
  reportClassified(output, { method: 'deep network', files, skipped, outputs, classes: CIFAR10_CLASSES })
}

/** The widths that a file of weights tells of. Throws `ValueError` for a file that tells none. */
function widthsOf(bytes: Uint8Array, file: string): Widths {
  const { widths = '' } = decodeSafetensors(bytes, { file }).metadata
  const numbers = widths.split(',').map(Number)
  if (numbers.length === 3 && numbers.every((n) => Number.isInteger(n) && n > 0))
    return numbers as [number, number, number]
  throw new ValueError(`${file} is no network of this app: give deep-1.safetensors of its results`)
}
