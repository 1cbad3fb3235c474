// AlexNet trained on the user's folder of images, from the recipe to the ten crops.
import { fit } from '@scatterlab/nn'
import { type RunContext, type StepLoss, errorRow, grouped, trainingHost } from '@scatterlab/repro'
import { type Preparation, kept, weightsFile } from './classify.ts'
import { showFilters } from './filters.ts'
import { type ImageFolders, type Statistics, middleOf, statisticsOf, tenCropTest, trainingBy } from './imagenet.ts'
import { alexNet } from './network.ts'
import { lossCurve } from './pictures.ts'
import { imageNet } from './published.ts'
import type { FolderRecipe } from './recipe.ts'

/** Trains on train/, tests on val/; the weights and the first layer's filters are kept. */
export async function learnFolder(
  context: RunContext<{ readonly folder: FolderRecipe }>,
  folders: ImageFolders,
): Promise<void> {
  const { budget, mode, signal, progress, output } = context
  const { folder: recipe } = budget
  const { train, val } = folders
  const classes = train.classes.length
  const tested = Math.min(recipe.tested ?? val.length, val.length)
  const length = recipe.steps === undefined ? `${recipe.epochs} epochs` : `${recipe.steps} steps`
  const protocol =
    `AlexNet, ${length} of batches of ${recipe.batch}, rate ${recipe.rate} divided by ten on plateaus, momentum ${recipe.momentum}, decay ` +
    `${recipe.decay}; crops of ${recipe.crop} out of ${recipe.side}, mirrored, colour noise; ten crops of ${grouped(tested)} validation images`
  output.describe({
    data: `${train.folder} and val/ beside it: ${classes} classes, ${grouped(train.length)} and ${grouped(val.length)} images`,
    protocol,
    note: mode === 'full' ? undefined : 'so few steps teach nothing: they show that the network trains on this folder',
  })
  const statistics = await progress.during('mean image and colours', () => statisticsOf(train, recipe, context))

  const network = alexNet(classes)
  const perEpoch = Math.ceil(train.length / recipe.batch)
  const steps = Math.min(recipe.steps ?? Infinity, recipe.epochs * perEpoch)
  const losses: StepLoss[] = []
  const { checkpoint, ...host } = await trainingHost(context, 'alexnet', steps, {
    tell: true,
    onLoss: (loss) => losses.push(loss),
  })
  const { weights, history } = await fit(network, {
    ...trainingBy(recipe, folders, statistics, signal),
    ...host,
    // half a gigabyte of weights and velocities: nothing to keep of a few steps
    ...(mode === 'full' && { checkpoint }),
  })
  if (mode === 'full')
    output.file('alexnet.safetensors', await weightsFile(weights, preparation(recipe, statistics, train.classes)))
  await output.figure('loss', lossCurve(history, losses, perEpoch, 'AlexNet'), protocol)

  const errors = await progress.during(
    'ten crops',
    (phase) => tenCropTest(network, weights, folders, statistics, recipe, context, phase),
    tested,
  )
  // the numbers of the slide are of ImageNet's thousand classes and the whole recipe
  const comparable = mode === 'full' && classes === 1000
  const { slide, oneNetwork } = imageNet
  const shared = { method: 'AlexNet, ten crops', settings: { classes }, total: errors.total }
  output.row(
    errorRow({ ...shared, measure: 'top-1 error', count: errors.top1, paper: comparable ? oneNetwork.top1 : null }),
  )
  const published = comparable ? { slide, paper: oneNetwork.top5 } : {}
  output.row(errorRow({ ...shared, measure: 'top-5 error', count: errors.top5, ...published }))
  await showFilters(context, weights, '96 filters of 11×11×3, each above its nearest Gabor function')
}

/** What AlexNet needs with its images, in the unit of bytes. */
function preparation(recipe: FolderRecipe, { mean }: Statistics, classes: readonly string[]): Preparation {
  const middle = middleOf(mean, recipe).map((v) => 255 * v)
  return { network: 'alexnet', side: recipe.side, crop: recipe.crop, scale: 1, mean: kept(middle), classes }
}
