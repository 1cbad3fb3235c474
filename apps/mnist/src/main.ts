// Digit classification (the slide of that name): Φ is a scattering transform, which learns nothing, and a simple classifier follows;
// beside it a ConvNet, which learns its Φ.
import type { GreyShape, LabelledImages } from '@scatterlab/datasets'
import { take } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { normalisePaths } from '@scatterlab/learn'
import { saveWeights } from '@scatterlab/nn'
import { type Experiment, type Row, errorRow, experiment, trainingHost } from '@scatterlab/repro'
import { scattering2d } from '@scatterlab/scattering'
import { methods } from './classifiers.ts'
import { type ConvNetBudget, predictConvNet, stepsFor, trainConvNet } from './convnet.ts'
import { rooted, scatter } from './features.ts'
import { disk, errorCurve, misclassified } from './pictures.ts'
import { paper, slide } from './published.ts'

/** The first so many training images, in turn. */
interface Budget {
  readonly trainingSizes: readonly number[]
  readonly convNet: ConvNetBudget
}

const mnist: Experiment<Budget> = experiment({
  name: 'mnist',
  slide: 'Digit Classification: MNIST',
  claim: '0.4 % of errors by scattering and a classifier, without learned features, beside 0.5 % by a ConvNet',
  budgets: {
    quick: { trainingSizes: [300, 1_000, 5_000], convNet: { steps: 700, passes: 1 } },
    full: { trainingSizes: [300, 1_000, 5_000, 60_000], convNet: { steps: 3_000, passes: 30 } },
  },
  backends: {
    wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend(),
    gpu: async () => (await import('@scatterlab/gpu')).createGpuBackend(),
  },
  async run(context) {
    const { budget, seed, backend, dataFolder, progress, log, signal, output } = context
    const loading = progress.phase('data')
    const { digits, note } = await mnistOrSample({
      ...(dataFolder === undefined ? {} : { folder: dataFolder }),
      signal,
    })
    loading.done()
    const sizes = budget.trainingSizes.filter((size) => size <= digits.train.labels.length)
    const train = take(digits.train, Math.max(...sizes))
    const { test } = digits
    const protocol =
      'scattering J = 3, L = 8, order 2, of digits framed to 32×32; paths divided by their largest norm in training, ' +
      'then square roots and unit norm; ' +
      `the first ${sizes.map((n) => n.toLocaleString('en')).join(', ')} training images, tested on ${test.labels.length.toLocaleString('en')}; ` +
      'hyper-parameters by the error on a fifth of the training images, drawn by the seed, held out; ' +
      'ConvNet: two layers of 5×5 filters, 500 units, trained on digits moved by up to a pixel and bent'
    output.describe({ data: digits.source, protocol, ...(note === undefined ? {} : { note }) })
    if (note !== undefined) log(note)

    // Φ(x) = (S[p]x)_p
    const transform = scattering2d({ shape: [32, 32], scales: 3, orientations: 8, backend })
    const phase = progress.phase('scattering', train.labels.length + test.labels.length)
    const trainFeatures = await scatter(transform, train.images, phase)
    const testFeatures = await scatter(transform, test.images, phase)
    phase.done()
    await output.figure(
      'scattering-of-a-digit',
      await diskOf(test),
      'The coefficients of the first test digit, over its whole area.',
    )

    // classifiers sum in double precision, which a GPU leaves to the processor
    const onHost = backend.name === 'gpu' ? (await import('@scatterlab/wasm')).createWasmBackend() : backend
    if (onHost !== backend) log(`classifiers: ${onHost.name}, ${onHost.description}`)
    const rows: Row[] = []
    for (const trainingSize of sizes) {
      const labels = train.labels.subarray(0, trainingSize)
      const [, ...shape] = trainFeatures.shape
      const columns = shape.reduce((a, b) => a * b, 1)
      const own = { data: trainFeatures.data.subarray(0, trainingSize * columns), shape: [trainingSize, ...shape] }
      const paths = normalisePaths(own, { paths: transform.paths.length })
      // the last and largest set may be overwritten, nobody needs it afterwards
      const features = rooted(paths.apply(own, { inPlace: trainingSize === sizes.at(-1) }))
      const unseen = rooted(paths.apply(testFeatures))
      for (const [method, fit] of Object.entries(methods)) {
        const fitting = progress.phase(`${method}, ${trainingSize.toLocaleString('en')}`)
        const { predict, chosen, validation } = await fit(features, labels, { backend: onHost, seed, signal })
        const predicted = await predict(unseen, { backend: onHost, signal })
        fitting.done()
        report(method, { trainingSize, ...chosen }, predicted)
        log(`${method}, ${trainingSize.toLocaleString('en')} images: ${validation}`)
        const last = trainingSize === sizes.at(-1) && method === 'PCA-affine'
        const picture = last
          ? misclassified(test, predicted, `${method}, ${trainingSize.toLocaleString('en')} training images`)
          : null
        if (picture) await output.figure('misclassified', picture, 'Label → what it was taken for.')
      }
      await drawErrors()
    }
    transform.dispose()

    // the same digits by a network that learns its Φ
    for (const trainingSize of sizes) {
      const steps = stepsFor(trainingSize, budget.convNet)
      const name = `convnet-${trainingSize}`
      const run = await trainingHost(context, name, steps)
      const checkpoint = { ...run.checkpoint, every: 500 }
      const weights = await trainConvNet(take(train, trainingSize), { steps, ...run, checkpoint })
      report('ConvNet', { trainingSize, steps }, await predictConvNet(weights, test, signal))
      output.file(`${name}.safetensors`, await saveWeights(weights))
      await drawErrors()
    }
    return { data: digits.source, protocol, ...(note === undefined ? {} : { note }) }

    function report(method: string, settings: Row['settings'], predicted: ArrayLike<number>): void {
      const trainingSize = Number(settings.trainingSize)
      const total = test.labels.length
      const count = test.labels.reduce((errors, label, i) => errors + (predicted[i] === label ? 0 : 1), 0)
      const published = (values: Readonly<Record<string, Readonly<Record<number, number>>>>): number | null =>
        (digits.canonical && values[method]?.[trainingSize]) || null
      const row = errorRow({ method, settings, count, total, slide: published(slide), paper: published(paper) })
      log(`${method}, ${trainingSize.toLocaleString('en')} images: ${count} errors of ${total}`)
      output.row(row)
      rows.push(row)
    }

    function drawErrors(): Promise<void> {
      const caption = 'Test error, with one binomial standard error, beside the paper’s.'
      return output.figure('errors', errorCurve(rows), caption)
    }

    async function diskOf(set: LabelledImages<GreyShape>) {
      const whole = scattering2d({ shape: [32, 32], scales: 3, averaging: 'global', backend })
      const [, height, width] = set.images.shape
      const framed = new Float32Array(32 * 32)
      const digit = set.images.data.slice(0, height * width)
      digit.forEach((v, i) => (framed[(Math.floor(i / width) + 2) * 32 + (i % width) + 2] = v / 255))
      const { data: values } = await whole.transformAsync({ data: framed, shape: [32, 32] })
      return disk(whole.paths, values, digit, height)
    }
  },
})

export default mnist
