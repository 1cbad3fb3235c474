// Digit classification (the slide of that name): Φ is a scattering transform, which learns nothing, and a simple classifier follows;
// beside it a ConvNet, which learns its Φ.
import { type ByteImages, type GreyShape, type LabelledImages, take, toFloat32 } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { errorCount, normalisePaths } from '@scatterlab/learn'
import { evaluate, fit, saveWeights } from '@scatterlab/nn'
import { type Experiment, type Phase, type Row, errorRow, experiment, grouped, trainingHost } from '@scatterlab/repro'
import { scattering2d } from '@scatterlab/scattering'
import { methods } from './classifiers.ts'
import { type ConvNetBudget, convNet, plain, stepsFor, trainingBy } from './convnet.ts'
import { rooted, whitening } from './features.ts'
import { disk, errorCurve, misclassified } from './pictures.ts'
import { paper, slide } from './published.ts'

/** The first so many training images, in turn. */
interface Budget {
  readonly trainingSizes: readonly number[]
  /** Only so many test images; default all. */
  readonly testImages?: number
  /** May be left out. */
  readonly convNet?: ConvNetBudget
}

const paperSizes = [300, 1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 60_000]

/** Digits in a frame of zeros, which the transform takes. */
const framed = (images: ByteImages<GreyShape>) => toFloat32(images, { pad: [32, 32] })

const mnist: Experiment<Budget> = experiment<Budget>({
  name: 'mnist',
  slide: 'Digit Classification: MNIST',
  claim: '0.4 % of errors by scattering and a classifier, without learned features, beside 0.5 % by a ConvNet',
  budgets: {
    quick: { trainingSizes: [300, 1_000, 5_000], convNet: { steps: 700, passes: 1 } },
    full: { trainingSizes: paperSizes, convNet: { steps: 3_000, passes: 30 } },
  },
  recipes: { 'without-networks': { trainingSizes: paperSizes } },
  backends: {
    wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend(),
    gpu: async () => (await import('@scatterlab/gpu')).createGpuBackend(),
  },
  async run(context) {
    const { budget, seed, backend, dataFolder, progress, log, signal, output } = context
    const { digits, note } = await progress.during('data', () => mnistOrSample({ folder: dataFolder, signal }))
    const sizes = budget.trainingSizes.filter((size) => size <= digits.train.labels.length)
    const train = take(digits.train, Math.max(...sizes))
    const test = take(digits.test, Math.min(budget.testImages ?? Infinity, digits.test.labels.length))
    output.describe({
      data: digits.source,
      protocol:
        'scattering J = 3, L = 8, order 2, of digits framed to 32×32; paths divided by their largest norm in training, ' +
        'then square roots and unit norm; ' +
        `the first ${sizes.map(grouped).join(', ')} training images, tested on ${grouped(test.labels.length)}; ` +
        'hyper-parameters by the error on a fifth of the training images, drawn by the seed, held out, ' +
        'of PCA-affine up to 2,000 images on every fifth in turn; ' +
        'SVM on 400 principal components, whitened by √(variance + 0.5 % of the largest)' +
        (budget.convNet
          ? '; ConvNet: two layers of 5×5 filters, 500 units, trained on digits moved by up to a pixel and bent'
          : ''),
      note,
    })

    // Φ(x) = (S[p]x)_p
    const transform = scattering2d({ shape: [32, 32], scales: 3, orientations: 8, backend })
    const scatter = ({ images }: LabelledImages<GreyShape>, phase: Phase) =>
      transform.transformAsync(images, { prepare: framed, signal, onProgress: ({ images }) => phase.advance(images) })
    const [trainFeatures, testFeatures] = await progress.during(
      'scattering',
      async (phase) => [await scatter(train, phase), await scatter(test, phase)],
      train.labels.length + test.labels.length,
    )
    await output.figure(
      'scattering-of-a-digit',
      await diskOf(take(test, 1).images),
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
      const coefficients = rooted(paths.apply(own, { inPlace: trainingSize === sizes.at(-1) }))
      const unseenCoefficients = rooted(paths.apply(testFeatures))
      const [known, unseen] = await progress.during(`whitening, ${grouped(trainingSize)}`, async () => {
        const host = { backend: onHost, signal }
        const components = await whitening(coefficients, host)
        return [
          { coefficients, whitened: await components.apply(coefficients, host) },
          { coefficients: unseenCoefficients, whitened: await components.apply(unseenCoefficients, host) },
        ] as const
      })
      for (const [method, select] of Object.entries(methods)) {
        const name = `${method}, ${grouped(trainingSize)}`
        const { predicted, chosen, validation } = await progress.during(name, async () => {
          const { predict, ...fitted } = await select(known, labels, { backend: onHost, seed, signal })
          return { ...fitted, predicted: await predict(unseen, { backend: onHost, signal }) }
        })
        report(method, { trainingSize, ...chosen }, predicted)
        log(`${name} images: ${validation}`)
        const last = trainingSize === sizes.at(-1) && method === 'SVM'
        const picture = last ? misclassified(test, predicted, `${name} training images`) : null
        if (picture) await output.figure('misclassified', picture, 'Label → what it was taken for.')
      }
      await drawErrors()
    }
    transform.dispose()

    // the same digits by a network that learns its Φ
    if (budget.convNet) {
      for (const trainingSize of sizes) {
        const steps = stepsFor(trainingSize, budget.convNet)
        const name = `convnet-${trainingSize}`
        const host = await trainingHost(context, name, steps, { every: 500 })
        const { weights } = await fit(convNet, { ...trainingBy(take(train, trainingSize), steps), ...host })
        const { predictions } = await evaluate(convNet, weights, plain(test), { signal })
        report('ConvNet', { trainingSize, steps }, predictions)
        output.file(`${name}.safetensors`, await saveWeights(weights))
        await drawErrors()
      }
    }

    function report(method: string, settings: Row['settings'], predicted: Int32Array): void {
      const trainingSize = Number(settings.trainingSize)
      const { errors, count: total } = errorCount(predicted, test.labels)
      const published = (values: Readonly<Record<string, Readonly<Record<number, number>>>>): number | null =>
        (digits.canonical && values[method]?.[trainingSize]) || null
      const row = errorRow({ method, settings, count: errors, total, slide: published(slide), paper: published(paper) })
      log(`${method}, ${grouped(trainingSize)} images: ${errors} errors of ${total}`)
      output.row(row)
      rows.push(row)
    }

    function drawErrors(): Promise<void> {
      const caption = 'Test error, with one binomial standard error, beside the paper’s.'
      return output.figure('errors', errorCurve(rows), caption)
    }

    async function diskOf(digit: ByteImages<GreyShape>) {
      const whole = scattering2d({ shape: [32, 32], scales: 3, averaging: 'global', backend })
      const { data } = await whole.transformAsync(framed(digit))
      return disk(whole.paths, data, digit.data, digit.shape[1])
    }
  },
})

export default mnist
