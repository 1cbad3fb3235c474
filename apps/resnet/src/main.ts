// New networks with 5 % errors, with 150 layers: the networks as plans, counted; the thin one for CIFAR-10 trained. Knows no files and
// no page, so that both can run it.
import { type EpochRecord, evaluate, saveWeights } from '@scatterlab/nn'
import { type Experiment, errorRow, experiment, trainingHost } from '@scatterlab/repro'
import { countRows } from './counts.ts'
import { loadImages, plainBatches } from './images.ts'
import { errorCurve, lossCurve } from './pictures.ts'
import { cifarError } from './published.ts'
import { type Recipe, inWords, publishedRecipe, shortRecipe, train } from './recipe.ts'
import { cifarResNet, imageNetResNet } from './resnet.ts'
import { measureSpeed } from './speed.ts'
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
  async run({ budget: recipe, mode, seed, backend, progress, log, signal, output, checkpoint, dataFolder }) {
    // 150 layers: H(x) = F(x) + x, block after block
    const networks = {
      'ResNet-152': imageNetResNet(152),
      'ResNet-110': cifarResNet(110),
      'ResNet-20': cifarResNet(20),
    }
    for (const [name, net] of Object.entries(networks))
      countRows(name as keyof typeof networks, net).forEach((row) => output.row(row))
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

    const speed = await measureSpeed(net, recipe, training, progress)
    log(speed.line)
    speed.rows.forEach((row) => output.row(row))

    const host = await trainingHost({ progress, signal, output, checkpoint }, 'resnet-20', recipe.steps)
    const draw = (epochs: readonly EpochRecord[]): void => {
      const note = 'One point a pass; the images held out are training images that were never trained on.'
      void output.figure('loss', lossCurve(epochs, recipe), note)
      void output.figure('error', errorCurve(epochs, recipe), `${note} The paper’s is a test error.`)
    }
    const epochs: EpochRecord[] = []
    const { weights, history } = await train(net, recipe, training, {
      ...host,
      onProgress(event) {
        host.onProgress(event)
        if (event.kind !== 'epoch') return
        const { step, loss, rate, validation } = event
        const error = (100 * validation!.errorRate).toFixed(1)
        log(`step ${step}: training loss ${loss.toFixed(3)}, held-out error ${error} %, rate ${rate.toPrecision(2)}`)
        epochs.push(event)
        draw(epochs)
      },
    })
    draw(history)
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
