// The deep half of the slide: a network that learns its filters, from the patches that its first layer whitens to the test images.
import { type ColourShape, type LabelledImages, type LoadedSet, take, testViews } from '@scatterlab/datasets'
import { errorCount } from '@scatterlab/learn'
import { type Predictions, type Weights, fit, predict, saveWeights, trainingSpeed } from '@scatterlab/nn'
import {
  type Output,
  type RunContext,
  type StepLoss,
  duration,
  errorRow,
  grouped,
  trainingHost,
} from '@scatterlab/repro'
import { plainBatches, trainingPasses, whitening } from './images.ts'
import { deepNetwork } from './network.ts'
import { type Learned, confusionMatrix, errorGrid, filterGrid, lossCurves } from './pictures.ts'
import { deepError, slide } from './published.ts'
import { type DeepRecipe, deepRule, inWords, normMomentum } from './recipe.ts'

/** Trains the networks and tests them; rows, pictures and weights are kept. */
export async function learnDeep(
  context: RunContext<unknown>,
  set: LoadedSet<ColourShape>,
  recipe: DeepRecipe,
): Promise<void> {
  const { mode, backend, seed: first, progress, signal, log, output } = context
  const { training, held, testing, seeds, steps, batch, widths, atOnce, smoothing } = recipe
  const train = take(set.train, training)
  const watched = take(set.train, held, set.train.labels.length - held)
  const test = take(set.test, testing)

  // the first layer whitens: its filters come from patches, not from labels
  const filters = await progress.during('patches', () => whitening(train, Math.min(training, recipe.whitened)))
  const network = deepNetwork({ widths, whitening: filters, normMomentum: normMomentum(recipe) })
  const optimizer = deepRule(recipe)

  const timed = { batches: trainingPasses(train, { ...recipe, batch: Math.min(batch, atOnce) }, first), optimizer }
  const { imagesPerSecond } = await progress.during('speed', () =>
    trainingSpeed(network, { ...timed, backend, steps: 2, signal }),
  )
  output.row({ measure: 'training speed', method: 'deep network', value: imagesPerSecond, unit: 'images/s' })
  log(
    `${Math.round(imagesPerSecond)} images/s: ${grouped(steps * batch)} images, ${duration((steps * batch) / imagesPerSecond)} a run`,
  )

  // the others are learned from labels
  const learned: Learned[] = []
  for (let seed = first; seed < first + seeds; seed++) {
    const name = `deep-${seed}`
    const losses: StepLoss[] = []
    const host = await trainingHost(context, name, steps, {
      every: 10,
      tell: true,
      onLoss: (loss) => losses.push(loss),
    })
    const { weights, history } = await fit(network, {
      ...host,
      batches: trainingPasses(train, recipe, seed),
      ...(held > 0 && { validation: () => plainBatches(watched) }),
      optimizer,
      steps,
      smoothing,
      atOnce,
      seed,
    })
    output.file(`${name}.safetensors`, await saveWeights(weights, { widths: widths.join() }))
    const { outputs, classes } = await progress.during(
      `test ${name}`,
      ({ reach: onProgress }) =>
        predict(network, weights, plainBatches(test), { views: testViews, signal, onProgress }),
      testing,
    )
    const { errors: count, count: total } = errorCount(classes, test.labels)
    learned.push({ seed, history, losses, errors: count })
    log(`${name}: ${count} errors of ${grouped(total)}`)
    output.row(errorRow({ method: 'deep network', settings: { seed, steps, batch }, count, total }))
    await output.figure('deep-loss', lossCurves(learned, recipe), inWords(recipe))
    if (seed === first) await showLearned(output, test, { weights, outputs, classes })
    for (const { buffer } of Object.values({ ...weights.parameters, ...weights.state })) backend.release(buffer)
  }
  const mean = learned.reduce((sum, { errors }) => sum + errors, 0) / (learned.length * testing)
  const comparable = mode === 'full' && set.canonical && { slide: slide.deep, paper: deepError }
  const settings = { seeds, steps, batch }
  output.row({
    measure: 'test error, mean',
    method: 'deep network',
    settings,
    value: 100 * mean,
    unit: '%',
    ...comparable,
  })
}

/** What a network learned to see, and where it errs. */
async function showLearned(
  output: Output,
  test: LabelledImages<ColourShape>,
  { weights, outputs, classes }: Pick<Predictions, 'outputs' | 'classes'> & { readonly weights: Weights },
): Promise<void> {
  const seen = 'The filters of the second layer, as sums of the patches that the first looks for.'
  await output.figure('deep-filters', await filterGrid(weights), seen)
  const matrix = confusionMatrix(classes, test.labels)
  await output.figure('deep-confusion', matrix, 'Rows: what it is; columns: what it was taken for.')
  const worst = errorGrid(test, outputs, classes)
  if (worst)
    await output.figure('deep-errors', worst, 'What it is → what it was taken for, and how sure the network was.')
}
