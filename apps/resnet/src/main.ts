// New networks with 5 % errors, with 150 layers: the networks as plans, counted; the thin one for CIFAR-10 trained. Knows no files and
// no page, so that both can run it.
import { cifar10 } from '@scatterlab/datasets'
import { type EpochRecord, type Network, evaluate, fit, saveWeights, trainingSpeed } from '@scatterlab/nn'
import {
  type Experiment,
  type Measured,
  duration,
  errorRow,
  experiment,
  grouped,
  trainingHost,
} from '@scatterlab/repro'
import { plainBatches, splitOf } from './images.ts'
import { errorCurve, lossCurve } from './pictures.ts'
import { cifarError, published } from './published.ts'
import { type Recipe, inWords, publishedRecipe, shortRecipe, trainingBy } from './recipe.ts'
import { cifarResNet, imageNetResNet, weightedLayers } from './resnet.ts'
import { stageDiagram } from './stages.ts'

const resnet: Experiment<Recipe> = experiment({
  name: 'resnet',
  slide: 'New networks with 5 % errors, with 150 layers',
  claim: 'ResNet-152 classifies ImageNet with 4.49 % of top-5 errors',
  budgets: {
    quick: shortRecipe,
    full: publishedRecipe,
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run(context) {
    const { budget: recipe, mode, backend, seed, signal, progress, log, output, dataFolder } = context

    // 150 layers: H(x) = F(x) + x, block after block
    const deep = imageNetResNet(152)
    const network = cifarResNet(20)
    countRows('ResNet-152', deep).forEach(output.row)
    countRows('ResNet-110', cifarResNet(110)).forEach(output.row)
    countRows('ResNet-20', network).forEach(output.row)
    await output.figure(
      'resnet-152',
      stageDiagram(deep, 'The 152 layers of ResNet-152'),
      'Stages, blocks and counts of the network of the slide: a plan, not trained here.',
    )

    // ResNet-20 on CIFAR-10
    const set = await progress.during('data', () => cifar10({ folder: dataFolder, signal }))
    const images = splitOf(set, recipe)
    output.describe({
      data: set.source,
      protocol: `graphs counted layer by layer; ResNet-20: ${inWords(recipe)}; the test images looked at once, at the end`,
      note:
        'the slide’s 4.49 % is ResNet-152 on ImageNet: its graph is built and counted here, and not trained' +
        (mode === 'quick' ? '; ResNet-20 is trained for a fraction of its published 64,000 steps' : ''),
    })
    const speeds = new Map<number, number>()
    for (const batch of new Set([recipe.batch, Math.min(publishedRecipe.batch, recipe.perPass)])) {
      const { batches, optimizer } = trainingBy({ ...recipe, batch }, images)
      const timing = progress.during('timing', () =>
        trainingSpeed(network, { batches, optimizer, backend, seed, signal }),
      )
      speeds.set(batch, (await timing).imagesPerSecond)
    }
    speedRows(speeds).forEach(output.row)
    const [own] = speeds.values()
    const ahead = duration((recipe.steps * recipe.batch) / own)
    log(
      `ResNet-20 trains on ${own.toFixed(0)} images/s here: the ${grouped(recipe.steps * recipe.batch)} of this run take about ${ahead}`,
    )

    const host = await trainingHost(context, 'resnet-20', recipe.steps, { tell: true })
    const epochs: EpochRecord[] = []
    const { weights, history } = await fit(network, {
      ...trainingBy(recipe, images),
      ...host,
      onProgress(event) {
        host.onProgress(event)
        if (event.kind !== 'epoch') return
        epochs.push(event)
        draw(epochs)
      },
    })
    draw(history)
    output.file('resnet-20.safetensors', await saveWeights(weights))

    const { errors: count, total } = await progress.during(
      'test',
      ({ reach: onProgress }) =>
        evaluate(network, weights, plainBatches(images.test, images.mean), { signal, onProgress }),
      recipe.testing,
    )
    const { steps, batch } = recipe
    const paper = mode === 'full' && set.canonical ? cifarError : null
    output.row(errorRow({ method: 'ResNet-20', settings: { steps, batch }, count, total, paper }))

    function draw(epochs: readonly EpochRecord[]): void {
      const note = 'One point a pass; the images held out are training images that were never trained on.'
      void output.figure('loss', lossCurve(epochs, recipe), note)
      void output.figure('error', errorCurve(epochs, recipe), `${note} The paper’s is a test error.`)
    }
  },
})

/** Layers and parameters of a network, and multiplications where its paper prints them. */
function countRows(method: keyof typeof published, network: Network): Measured[] {
  const paper = published[method]
  const shared = { method, settings: { input: network.input.join('×') } }
  const rows = [
    { ...shared, measure: 'layers with weights', value: weightedLayers(network), paper: paper.layers },
    { ...shared, measure: 'parameters', value: network.parameterCount / 1e6, unit: 'million', paper: paper.parameters },
    {
      ...shared,
      measure: 'multiplications',
      value: network.multiplications / 1e9,
      unit: 'billion',
      paper: paper.multiplications,
    },
  ]
  return rows.filter(({ paper }) => paper !== null)
}

/** The speeds by batch, and the hours that the published recipe would take here. */
function speedRows(speeds: ReadonlyMap<number, number>): Measured[] {
  const { steps, batch } = publishedRecipe
  const seconds = (steps * batch) / [...speeds.values()].at(-1)!
  return [
    ...[...speeds].map(([batch, value]) => ({
      measure: 'training speed',
      method: 'ResNet-20',
      settings: { batch },
      value,
      unit: 'images/s',
    })),
    {
      measure: 'published recipe, projected',
      method: 'ResNet-20',
      settings: { steps, batch },
      value: seconds / 3600,
      unit: 'h',
    },
  ]
}

export default resnet
