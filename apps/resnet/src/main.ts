// New networks with 5 % errors, with 150 layers: the networks as plans, counted; the thin one for CIFAR-10 trained. Knows no files and
// no page, so that both can run it.
import { type ColourShape, type FloatImages, type TestView, cifar10, testViews } from '@scatterlab/datasets'
import { type EpochRecord, type Network, fit, misclassified, predict, trainingSpeed } from '@scatterlab/nn'
import {
  type Experiment,
  type Measured,
  duration,
  errorRow,
  experiment,
  grouped,
  trainingHost,
} from '@scatterlab/repro'
import { classify, weightsFile } from './classify.ts'
import { plainBatches, splitOf } from './images.ts'
import { errorCurve, lossCurve } from './pictures.ts'
import { cifarErrors, published } from './published.ts'
import { type Recipe, deeper, inWords, publishedRecipe, shortRecipe, sixtyPasses, trainingBy } from './recipe.ts'
import { cifarResNet, imageNetResNet, weightedLayers } from './resnet.ts'
import { stageDiagram } from './stages.ts'

const resnet: Experiment<Recipe> = experiment({
  name: 'resnet',
  slide: 'New networks with 5 % errors, with 150 layers',
  claim: 'ResNet-152 classifies ImageNet with 4.49 % of top-5 errors',
  budgets: {
    quick: shortRecipe,
    full: sixtyPasses,
  },
  recipes: { published: publishedRecipe, 'resnet-56': deeper(56, 20), 'resnet-110': deeper(110, 10) },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  classify,
  async run(context) {
    const { budget: recipe, mode, recipe: name, backend, seed, signal, progress, log, output, dataFolder } = context

    // 150 layers: H(x) = F(x) + x, block after block
    const deep = imageNetResNet(152)
    const { depth } = recipe
    const network = cifarResNet(depth)
    const method = `ResNet-${depth}`
    countRows('ResNet-152', deep).forEach(output.row)
    countRows('ResNet-110', cifarResNet(110)).forEach(output.row)
    countRows('ResNet-20', cifarResNet(20)).forEach(output.row)
    await output.figure(
      'resnet-152',
      stageDiagram(deep, 'The 152 layers of ResNet-152'),
      'Stages, blocks and counts of the network of the slide: a plan, not trained here.',
    )

    // the thin one on CIFAR-10
    const set = await progress.during('data', () => cifar10({ folder: dataFolder, signal }))
    const images = splitOf(set, recipe)
    output.describe({
      data: set.source,
      protocol: `graphs counted layer by layer; ${inWords(recipe)}; the test images looked at once, at the end`,
      note:
        'the slide’s 4.49 % is ResNet-152 on ImageNet: its graph is built and counted here, and not trained' +
        (name === 'published' ? '' : `; ${method} is trained for fewer than its published 64,000 steps`),
    })
    const speeds = new Map<number, number>()
    for (const batch of new Set([recipe.batch, Math.min(publishedRecipe.batch, recipe.perPass)])) {
      const { batches, optimizer } = trainingBy({ ...recipe, batch }, images, seed)
      const timing = progress.during('timing', () =>
        trainingSpeed(network, { batches, optimizer, backend, seed, signal }),
      )
      speeds.set(batch, (await timing).imagesPerSecond)
    }
    speedRows(method, speeds).forEach(output.row)
    const [own] = speeds.values()
    const ahead = duration((recipe.steps * recipe.batch) / own)
    log(
      `${method} trains on ${own.toFixed(0)} images/s here: the ${grouped(recipe.steps * recipe.batch)} of this run take about ${ahead}`,
    )

    const host = await trainingHost(context, method.toLowerCase(), recipe.steps, { tell: true })
    const epochs: EpochRecord[] = []
    const { weights, history } = await fit(network, {
      ...trainingBy(recipe, images, seed),
      ...host,
      onProgress(event) {
        host.onProgress(event)
        if (event.kind !== 'epoch') return
        epochs.push(event)
        draw(epochs)
      },
    })
    draw(history)
    output.file(`${method.toLowerCase()}.safetensors`, await weightsFile(weights, depth, images.mean))

    // as the paper does, by one look at each test image; a full run by the mean of two as well, one in the mirror
    const { steps, batch } = recipe
    const paper = mode === 'full' && set.canonical ? cifarErrors[depth] : undefined
    for (const mirror of mode === 'full' ? [false, true] : [false]) {
      const views = (seen: FloatImages<ColourShape>): TestView[] => testViews(seen, { mirror, shift: 0 })
      const { classes } = await progress.during(
        mirror ? 'test in the mirror too' : 'test',
        ({ reach: onProgress }) =>
          predict(network, weights, plainBatches(images.test, images.mean), { views, signal, onProgress }),
        recipe.testing,
      )
      const count = misclassified(classes, images.test.labels)
      const settings = { steps, batch, ...(mirror && { views: 2 }) }
      output.row(errorRow({ method, settings, count, total: recipe.testing, paper: mirror ? undefined : paper }))
    }

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
function speedRows(method: string, speeds: ReadonlyMap<number, number>): Measured[] {
  const { steps, batch } = publishedRecipe
  const seconds = (steps * batch) / [...speeds.values()].at(-1)!
  return [
    ...[...speeds].map(([batch, value]) => ({
      measure: 'training speed',
      method,
      settings: { batch },
      value,
      unit: 'images/s',
    })),
    {
      measure: 'published recipe, projected',
      method,
      settings: { steps, batch },
      value: seconds / 3600,
      unit: 'h',
    },
  ]
}

export default resnet
