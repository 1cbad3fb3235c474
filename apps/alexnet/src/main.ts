// ImageNet; Alex Deep Convolution Network: the slide's network is built and stepped at full size; on a folder of images it is trained
// by its own recipe, else its CIFAR-size relative is trained, whose first layer is compared with wavelets.
import { cifar10, meanImage, take } from '@scatterlab/datasets'
import { evaluate, fit, trainingSpeed } from '@scatterlab/nn'
import {
  type Experiment,
  type RunContext,
  type StepLoss,
  duration,
  errorRow,
  experiment,
  grouped,
  trainingHost,
} from '@scatterlab/repro'
import { pass, trainingBy } from './cifar.ts'
import { classify, relativePreparation, weightsFile } from './classify.ts'
import { showFilters } from './filters.ts'
import { learnFolder } from './folder.ts'
import { fullSizeRows } from './full-size.ts'
import { imageFoldersIn } from './imagenet.ts'
import { lossCurve } from './pictures.ts'
import { relativeError } from './published.ts'
import {
  type FolderRecipe,
  type RelativeRecipe,
  inWords,
  publishedRecipe,
  shortRecipe,
  slideRecipe,
  slideRule,
} from './recipe.ts'
import { relative } from './relative.ts'

/** What is trained, and how long. */
interface Budget {
  /** The steps of the full-size network on one small batch. */
  readonly steps: { readonly count: number; readonly batch: number }
  /** On a folder of images. */
  readonly folder: FolderRecipe
  /** On CIFAR-10. */
  readonly relative: RelativeRecipe
  /** Images of CIFAR-10's test set that are classified. */
  readonly tested: number
}

const full: Budget = {
  steps: { count: 3, batch: 8 },
  folder: slideRecipe,
  relative: publishedRecipe,
  tested: 10_000,
}

const alexnet: Experiment<Budget> = experiment({
  name: 'alexnet',
  slide: 'ImageNet; Alex Deep Convolution Network',
  claim: '15.3 % of top-5 errors on ImageNet by a ConvNet of 96 first filters of 11×11×3, which look like wavelets',
  budgets: {
    quick: {
      ...full,
      folder: { ...slideRecipe, batch: 32, steps: 10, tested: 40, statistics: 200 },
      relative: shortRecipe,
    },
    full,
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  classify,
  async run(context) {
    const { budget, dataFolder, log } = context
    const folders = await imageFoldersIn(dataFolder, budget.folder, log)
    return folders ? learnFolder(context, folders) : learnRelative(context)
  },
})

/** The network of the slide for a few steps; then its relative, from the data to the wavelets of the first layer. */
async function learnRelative(context: RunContext<Budget>): Promise<void> {
  const { budget, mode, seed, backend, signal, progress, log, output, dataFolder } = context
  const { relative: recipe, steps, tested } = budget
  log(
    'on CIFAR-10; on the command line a --data DIR with DIR/train/CLASS/IMAGE and DIR/val/CLASS/IMAGE trains AlexNet itself',
  )
  const set = await progress.during('data', () => cifar10({ folder: dataFolder, signal }))
  output.describe({
    data: set.source,
    protocol:
      `a training step of AlexNet on ${steps.batch} images of CIFAR-10 enlarged to 224×224; ` +
      `cuda-convnet’s layers-18pct, ${inWords(recipe)}; tested once, at the end, on ${grouped(tested)} images`,
    note:
      'nothing here was trained on ImageNet: the slide’s 15.3 % has no measured number beside it' +
      (mode === 'full' ? '' : '; the schedule is a short one, not the published one of 18 %'),
  })

  // five convolutions, three fully connected layers
  const few = take(set.train, steps.batch)
  const counted = await progress.during(
    'AlexNet, full size',
    (phase) => fullSizeRows(few, steps.count, slideRule(budget.folder), context, phase),
    2 * steps.count + 2,
  )
  counted.forEach(output.row)

  // the relative, by stochastic gradient descent
  const network = relative(recipe.deviations)
  const { epochs, pixelScale: scale } = recipe
  const mean = meanImage(take(set.train, recipe.training).images, { scale })
  const training = trainingBy(recipe, set.train, mean)
  const { imagesPerSecond } = await progress.during('speed', () =>
    trainingSpeed(network, { ...training, backend, seed, signal, steps: 6 }),
  )
  const projected = duration((epochs * recipe.training) / imagesPerSecond)
  log(`${Math.round(imagesPerSecond)} training images a second: ${epochs} epochs will take ${projected}`)
  const perEpoch = Math.ceil(recipe.training / recipe.batch)
  const losses: StepLoss[] = []
  const host = await trainingHost(context, 'layers-18pct', epochs * perEpoch, {
    tell: true,
    onLoss: (loss) => losses.push(loss),
  })
  const { weights, history } = await fit(network, { ...training, epochs, ...host })
  output.file('layers-18pct.safetensors', await weightsFile(weights, relativePreparation(scale, mean)))
  await output.figure('loss', lossCurve(history, losses, perEpoch, 'layers-18pct on CIFAR-10'), inWords(recipe))

  const { errors: count, total } = await progress.during(
    'test',
    ({ reach: onProgress }) =>
      evaluate(network, weights, pass(take(set.test, tested), 250, recipe, mean), { signal, onProgress }),
    tested,
  )
  const paper = mode === 'full' && set.canonical ? relativeError : null
  const method = mode === 'full' ? 'layers-18pct' : 'layers-18pct, short schedule'
  output.row(errorRow({ method, settings: { epochs }, count, total, paper }))

  // do the first filters look like wavelets?
  const caption =
    'Angle and wavelength of the wave; R² in the strongest colour of the filter. The slide’s 96 filters are 11×11×3, of AlexNet.'
  await showFilters(context, weights, '32 learned filters of 5×5×3, each above its nearest Gabor function', caption)
}

export default alexnet
