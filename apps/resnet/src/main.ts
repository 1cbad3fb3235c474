// New networks with 5 % errors, with 150 layers: the networks as plans, counted; the thin one for CIFAR-10 trained. Knows no files and
// no page, so that both can run it.
import { evaluate, saveWeights } from '@scatterlab/nn'
import { type Experiment, type Row, errorRow, experiment, trainingHost } from '@scatterlab/repro'
import { loadImages, plainBatches } from './images.ts'
import { errorCurve, lossCurve } from './pictures.ts'
import { cifarError, published } from './published.ts'
import { type Recipe, inWords, publishedRecipe, train, trainingSpeed } from './recipe.ts'
import { cifarResNet, imageNetResNet, weightedLayers } from './resnet.ts'
import { stageDiagram } from './stages.ts'

/** Steps that are timed before the training begins. */
const TIMED = 4

const resnet: Experiment<Recipe> = experiment({
  name: 'resnet',
  slide: 'New networks with 5 % errors, with 150 layers',
  claim: 'ResNet-152 classifies ImageNet with 4.49 % of top-5 errors',
  budgets: {
    quick: { ...publishedRecipe, perPass: 4_900, steps: 266, schedule: { warmUp: 40 } },
    full: publishedRecipe,
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run({ budget: recipe, mode, seed, backend, progress, log, signal, output, checkpoint, dataFolder }) {
    // 150 layers: H(x) = F(x) + x, block after block
    const networks = {
      'ResNet-152': imageNetResNet(152),
      'ResNet-110': cifarResNet(110),
      'ResNet-20': cifarResNet(20),
    }
    for (const [name, net] of Object.entries(networks)) {
      const paper = published[name as keyof typeof networks]
      const count = (measure: string, value: number, unit: string, printed: number | null): Row => {
        const settings = { input: net.input.join('×') }
        return { measure, method: name, settings, value, unit, count: null, total: null, slide: null, paper: printed }
      }
      output.row(count('layers with weights', weightedLayers(net), '', paper.layers))
      output.row(count('parameters', net.parameterCount / 1e6, 'million', paper.parameters))
      if (paper.multiplications !== null)
        output.row(count('multiplications', net.multiplications / 1e9, 'billion', paper.multiplications))
    }
    await output.figure(
      'resnet-152',
      stageDiagram(networks['ResNet-152'], 'The 152 layers of ResNet-152'),
      'Stages, blocks and counts of the network of the slide: a plan, not trained here.',
    )

    // ResNet-20 on CIFAR-10
    const images = await loadImages({ dataFolder, signal, progress }, recipe)
    const protocol = `graphs counted layer by layer; ResNet-20: ${inWords(recipe)}; the test images looked at once, at the end`
    const note =
      'the slide’s 4.49 % is ResNet-152 on ImageNet: its graph is built and counted here, and not trained' +
      (mode === 'quick' ? '; ResNet-20 is trained for a fraction of its published 64,000 steps' : '')
    output.describe({ data: images.source, protocol, note })
    const net = networks['ResNet-20']
    const training = { images, backend, seed, signal }

    const timing = progress.phase('timing', TIMED + 1)
    const speed = await trainingSpeed(net, recipe, training, { count: TIMED, onStep: () => timing.advance() })
    timing.done()
    const fullHours = (publishedRecipe.steps * publishedRecipe.batch) / speed / 3600
    const minutes = (recipe.steps * recipe.batch) / speed / 60
    log(
      `ResNet-20 trains on ${speed.toFixed(0)} images/s here: this run’s ${(recipe.steps * recipe.batch).toLocaleString('en')} images take ` +
        `about ${minutes < 90 ? `${minutes.toFixed(1)} min` : `${(minutes / 60).toFixed(1)} h`}, the published recipe’s 8,192,000 ` +
        `about ${fullHours.toFixed(1)} h`,
    )
    const timed = {
      count: null,
      total: null,
      slide: null,
      paper: null,
      method: 'ResNet-20',
      settings: { batch: recipe.batch },
    }
    output.row({ ...timed, measure: 'training speed', value: speed, unit: 'images/s' })
    output.row({ ...timed, measure: 'published recipe, projected', value: fullHours, unit: 'h' })

    const host = await trainingHost({ progress, signal, output, checkpoint }, 'resnet-20', recipe.steps)
    const { weights, history } = await train(net, recipe, training, {
      ...host,
      onProgress(event) {
        host.onProgress(event)
        if (event.kind !== 'epoch') return
        const { step, loss, rate, validation } = event
        const error = (100 * validation!.errorRate).toFixed(1)
        log(`step ${step}: training loss ${loss.toFixed(3)}, held-out error ${error} %, rate ${rate.toPrecision(2)}`)
      },
    })
    const curveNote = 'One point a pass; the images held out are training images that were never trained on.'
    await output.figure('loss', lossCurve(history, recipe), curveNote)
    await output.figure('error', errorCurve(history, recipe), `${curveNote} The paper’s is a test error.`)
    output.file('resnet-20.safetensors', await saveWeights(weights))

    const testing = progress.phase('test', images.test.labels.length)
    let seen = 0
    const { errors, total } = await evaluate(net, weights, plainBatches(images.test, images.mean), {
      signal,
      onProgress(items) {
        testing.advance(items - seen)
        seen = items
      },
    })
    testing.done()
    output.row(
      errorRow({
        method: 'ResNet-20',
        settings: { steps: recipe.steps, batch: recipe.batch },
        count: errors,
        total,
        paper: mode === 'full' && images.canonical ? cifarError : null,
      }),
    )
    return { data: images.source, protocol, note }
  },
})

export default resnet
