// From translations to symmetries, and fibres of scale, rotation and translation: a wavelet that turns along with the angle it comes
// from, and wavelets along angles. What that does under rotations and scalings, to textures, and to rotated digits.
import { type ByteImages, type GreyShape, take, toFloat32 } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { ridgeSelect, standardise } from '@scatterlab/learn'
import { evaluate, fit } from '@scatterlab/nn'
import { type Experiment, errorRow, experiment, grouped, trainingHost } from '@scatterlab/repro'
import { rotoTranslation2d, scattering2d } from '@scatterlab/scattering'
import { classify, errorsOf } from './classifier.ts'
import { convNet, plain, stepsFor, trainingBy } from './convnet.ts'
import {
  framed,
  quarterTurnError,
  representations,
  scaleCovarianceErrors,
  underScalings,
  underTurns,
} from './covariance.ts'
import { changeCurve, digitGrid, texturePairs } from './pictures.ts'
import { paper } from './published.ts'
import { type Parts, rotatedDigits } from './rotated-digits.ts'
import { textures } from './textures.ts'

interface Budget {
  /** Digits for the changes under turns and scalings. */
  readonly digits: number
  /** Textures to train with, and as many to test. */
  readonly textures: number
  readonly rotated: Parts
  /** The largest dimension of the affine spaces that is tried. */
  readonly dimensions: number
  /** Passes of the network over its training digits. */
  readonly passes: number
}

const app: Experiment<Budget> = experiment({
  name: 'roto-translation',
  slide: 'From Translations to Symmetries; Scale-Rotation-Translation Fibers',
  claim: 'parallel transport along (u, θ, 2^j): convolutions along fibres linearise rotations and scalings',
  budgets: {
    quick: {
      digits: 4,
      textures: 200,
      rotated: { train: 2_400, validation: 400, test: 2_000 },
      dimensions: 100,
      passes: 12,
    },
    full: {
      digits: 32,
      textures: 1_000,
      rotated: { train: 12_000, validation: 2_000, test: 50_000 },
      dimensions: 200,
      passes: 20,
    },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run(context) {
    const { budget, seed, backend, dataFolder, progress, log, signal, output } = context
    const { digits, note } = await progress.during('data', () => mnistOrSample({ folder: dataFolder, signal }))
    const parts = partsWithin(budget.rotated, digits.train.labels.length + digits.test.labels.length)
    const rotated = rotatedDigits(digits, parts, seed)
    output.describe({
      data: `${rotated.source}; the textures are made by the seed`,
      protocol:
        `rotated digits: ${grouped(parts.train)} to train, of which ${grouped(parts.validation)} choose the dimension, ${grouped(parts.test)} ` +
        'to test; 28×28, angles uniform over the turn, linear interpolation, bytes; scattering J = 3, L = 8, order 2; paths divided by their ' +
        'largest norm in training, square roots, unit norm; PCA-affine. Changes: digits in the middle of 64×64, J = 4, averages over the ' +
        'image, order 0 left out, norm 1. Textures: logarithms of averages over the image, ridge regression.',
      note,
    })

    // rotations turn U(u, θ) and move it along θ; scalings move it along j
    output.row({
      measure: 'largest error under a quarter turn, white noise',
      method: 'roto-translation',
      settings: { precision: 'double' },
      value: await progress.during('quarter turn', () => quarterTurnError(seed)),
    })
    const { 'roto-translation, means along scales': means, ...all } = representations(backend)
    const some = framed(take(rotated.test, budget.digits).images)
    const turns = await progress.during('turns', () => underTurns(some, [0, 7.5, 15, 22.5, 30, 45, 60, 75, 90], all))
    const scalings = await progress.during('scalings', () =>
      underScalings(some, [0, 0.125, 0.25, 0.5, 0.75, 1], { ...all, 'roto-translation, means along scales': means }),
    )
    reportChanges('change under a turn', 'degrees', turns, [45, 90])
    reportChanges('change under a scaling', 'octaves', scalings, [0.5, 1])
    const moved = await progress.during('scales moved', () => scaleCovarianceErrors(some, backend))
    for (const [method, value] of Object.entries(moved))
      output.row({ measure: 'change under a scaling by 2, scales moved by 1', method, value })
    await output.figure('turns', changeCurve('Change when a digit turns', 'angle, degrees', turns))
    await output.figure('scalings', changeCurve('Change when a digit grows', 'octaves', scalings))

    // which orientations stand together
    const [known, unseen] = ['known', 'unseen'].map((name) => textures(budget.textures, `${name} textures ${seed}`))
    await output.figure('textures', texturePairs(known), 'Only which orientations stand together differs.')
    const ofTextures = { shape: [64, 64], scales: 3, averaging: 'global', padding: 'periodic', backend } as const
    for (const [method, transform] of Object.entries({
      'plain scattering': scattering2d(ofTextures),
      'roto-translation': rotoTranslation2d(ofTextures),
    })) {
      await progress.during(`textures, ${method}`, async () => {
        const logarithms = async ({ images }: typeof known) => {
          const { data, shape } = await transform.transformAsync(images, { signal })
          return { data: data.map((value) => Math.log(Math.max(value, 1e-6))), shape: shape.slice(0, 2) }
        }
        const train = await logarithms(known)
        const scaling = standardise(train)
        const { classifier } = await ridgeSelect(scaling.apply(train), known.labels, { backend, seed, signal })
        const predicted = await classifier.predict(scaling.apply(await logarithms(unseen)), { backend, signal })
        const [count, total] = [errorsOf(predicted, unseen.labels), budget.textures]
        output.row(errorRow({ measure: 'texture error', method, settings: { trainingSize: total }, count, total }))
      })
      transform.dispose()
    }

    // rotated digits
    const prepare = (images: ByteImages<GreyShape>) => toFloat32(images)
    const ofDigits = { shape: [28, 28], scales: 3, padding: 'zero', backend } as const
    const transforms = { 'plain scattering': scattering2d(ofDigits), 'roto-translation': rotoTranslation2d(ofDigits) }
    const isWhole = digits.canonical && parts.train === 12_000
    for (const [name, transform] of Object.entries(transforms)) {
      const count = parts.train + parts.test
      const [train, test] = await progress.during(
        name,
        async (phase) => {
          const run = { prepare, signal, onProgress: (event: { images: number }) => phase.advance(event.images) }
          return [
            await transform.transformAsync(rotated.train.images, run),
            await transform.transformAsync(rotated.test.images, run),
          ]
        },
        count,
      )
      transform.dispose()
      for (const quarterTurns of name === 'roto-translation' ? [false, true] : [false]) {
        const method = quarterTurns ? `${name}, quarter turns` : name
        const { predicted, dimension, heldOut } = await progress.during(`${method}, classifier`, () =>
          classify({ S: train, labels: rotated.train.labels }, test, {
            backend,
            signal,
            validation: parts.validation,
            most: budget.dimensions,
            quarterTurns,
          }),
        )
        log(`${method}: dimension ${dimension}, ${(100 * heldOut).toFixed(2)} % of ${parts.validation} held out`)
        reportDigits(method, { dimension }, predicted)
        if (quarterTurns)
          await output.figure('digits', digitGrid(rotated.test, predicted), 'Label → what it was taken for.')
      }
    }

    // the same digits by a network that learns its Φ
    const steps = stepsFor(parts.train, budget.passes)
    const host = await trainingHost(context, 'convnet', steps, { every: 500 })
    const { weights } = await fit(convNet, { ...trainingBy(rotated.train, steps), ...host })
    const { predictions } = await evaluate(convNet, weights, plain(rotated.test), { signal })
    reportDigits('ConvNet', { steps }, predictions)

    function reportChanges(
      measure: string,
      unit: string,
      { parameters, of }: typeof turns,
      at: readonly number[],
    ): void {
      for (const [method, values] of Object.entries(of)) {
        for (const by of at)
          output.row({ measure, method, settings: { [unit]: by }, value: values[parameters.indexOf(by)] })
      }
    }

    function reportDigits(method: string, settings: Readonly<Record<string, number>>, predicted: Int32Array): void {
      const [count, total] = [errorsOf(predicted, rotated.test.labels), parts.test]
      log(`${method}: ${count} errors of ${grouped(total)}`)
      output.row(
        errorRow({
          method,
          settings: { trainingSize: parts.train, ...settings },
          count,
          total,
          paper: isWhole ? (paper[method] ?? null) : null,
        }),
      )
    }
  },
})

/** The parts, or of fewer digits than they need as many in the same proportion. */
function partsWithin(parts: Parts, total: number): Parts {
  const share = Math.min(1, total / (parts.train + parts.test))
  const [train, validation, test] = [parts.train, parts.validation, parts.test].map((n) => Math.floor(share * n))
  return { train, validation, test }
}

export default app
