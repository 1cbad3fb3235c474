// AlexNet trained on the user's folder of images, from the recipe to the ten crops.
import { saveWeights } from '@scatterlab/nn'
import { type Outcome, type Row, type RunContext, errorRow, trainingHost } from '@scatterlab/repro'
import { diary, lossesOf } from './diary.ts'
import { filterRows, filtersOf, fitsAsJson } from './filters.ts'
import { type ImageFolders, statisticsOf, tenCropTest, trainOnFolder } from './imagenet.ts'
import { alexNet } from './network.ts'
import { filterFigure, lossCurve } from './pictures.ts'
import { imageNet } from './published.ts'
import type { FolderRecipe } from './recipe.ts'

/** Trains on train/, tests on val/; the weights and the first layer's filters are kept. */
export async function learnFolder(
  context: RunContext<{ readonly folder: FolderRecipe }>,
  folders: ImageFolders,
): Promise<Outcome> {
  const { budget, mode, seed, backend, signal, progress, log, output } = context
  const { folder: recipe } = budget
  const { train, val } = folders
  const classes = train.classes.length
  const count = (n: number): string => n.toLocaleString('en')
  const data = `${train.folder} and val/ beside it: ${classes} classes, ${count(train.length)} and ${count(val.length)} images`
  const tested = Math.min(recipe.tested ?? val.length, val.length)
  const length = recipe.steps === undefined ? `${recipe.epochs} epochs` : `${recipe.steps} steps`
  const protocol =
    `AlexNet, ${length} of batches of ${recipe.batch}, rate ${recipe.rate} divided by ten on plateaus, momentum ${recipe.momentum}, decay ` +
    `${recipe.decay}; crops of ${recipe.crop} out of ${recipe.side}, mirrored, colour noise; ten crops of ${count(tested)} validation images`
  const note =
    mode === 'full' ? undefined : 'so few steps teach nothing: they show that the network trains on this folder'
  output.describe({ data, protocol, ...(note === undefined ? {} : { note }) })

  const looking = progress.phase('mean image and colours')
  const statistics = await statisticsOf(train, recipe, { seed, signal })
  looking.done()

  const network = alexNet(classes)
  const stepsPerEpoch = Math.ceil(train.length / recipe.batch)
  const steps = Math.min(recipe.steps ?? Infinity, recipe.epochs * stepsPerEpoch)
  const { checkpoint, ...host } = await trainingHost(context, 'alexnet', steps)
  const { onProgress, steps: losses } = diary(stepsPerEpoch, log, host)
  const training = { folders, statistics, backend, seed, signal }
  // half a gigabyte of weights and velocities: nothing to keep of a few steps
  const lasting = mode === 'full' ? { checkpoint } : {}
  const { weights, history } = await trainOnFolder(network, recipe, training, { ...host, ...lasting, onProgress })
  if (mode === 'full') output.file('alexnet.safetensors', await saveWeights(weights))
  await output.figure('loss', lossCurve(lossesOf(history, losses), 'AlexNet'), protocol)

  const testing = progress.phase('ten crops', tested)
  const onImages = (images: number): void => testing.advance(images)
  const errors = await tenCropTest(network, weights, folders, statistics, recipe, { backend, signal, onImages })
  testing.done()
  // the numbers of the slide are of ImageNet's thousand classes and the whole recipe
  const comparable = mode === 'full' && classes === 1000
  const row = (measure: string, wrong: number, published: Partial<Pick<Row, 'slide' | 'paper'>>): Row =>
    errorRow({
      measure,
      method: 'AlexNet, ten crops',
      settings: { classes },
      count: wrong,
      total: errors.total,
      ...published,
    })
  const { slide, oneNetwork } = imageNet
  output.row(row('top-1 error', errors.top1, comparable ? { paper: oneNetwork.top1 } : {}))
  output.row(row('top-5 error', errors.top5, comparable ? { slide, paper: oneNetwork.top5 } : {}))

  const first = weights.parameters['conv1.weight']
  const filters = filtersOf({ data: await first.read(), shape: first.shape }, seed)
  filterRows(filters).forEach((each) => output.row(each))
  output.file('gabor-fits.json', fitsAsJson(filters))
  await output.figure('filters', filterFigure(filters, '96 filters of 11×11×3, each above its nearest Gabor function'))
  return { data, protocol, ...(note === undefined ? {} : { note }) }
}
