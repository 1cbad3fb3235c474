// Generation with Deep Networks: a generator learns to draw digits against a discriminator that learns to tell them from real ones; then walks
// from image to image, and what can still be told apart.
import { take, toFloat32 } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { type GanEvent, dcgan, drawn, fitGan, latentPath, latentPoints } from '@scatterlab/gan'
import { saveWeights } from '@scatterlab/nn'
import { type Experiment, type Row, experiment, grouped } from '@scatterlab/repro'
import { scattering2d } from '@scatterlab/scattering'
import { type ShapedArray, onBackend, scope, tensor } from '@scatterlab/tensor'
import { SIDE, asChannel, passesOver } from './digits.ts'
import { lossPlot, sheet } from './pictures.ts'
import { nearestIsOwn } from './two-samples.ts'

/** How large the networks are, and how long they learn. */
export interface Budget {
  readonly trainingSize: number
  readonly passes: number
  /** Channels of the finest layer. */
  readonly width: number
  readonly batch: number
  /** Real and drawn digits that are compared. */
  readonly compared: number
}

const POINTS = 9

const generation: Experiment<Budget> = experiment({
  name: 'dcgan',
  slide: 'Generation with Deep Networks',
  claim: 'a generator grows images from numbers; straight lines between them pass from image to image',
  budgets: {
    quick: { trainingSize: 20_000, passes: 2, width: 16, batch: 64, compared: 500 },
    full: { trainingSize: 60_000, passes: 20, width: 64, batch: 128, compared: 2_000 },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run({ budget, seed, backend, dataFolder, progress, log, signal, output, checkpoint }) {
    const { passes, width, batch } = budget
    const { digits, note } = await progress.during('data', () => mnistOrSample({ folder: dataFolder, signal }))
    const learned = take(digits.train, Math.min(budget.trainingSize, digits.train.labels.length))
    const gan = dcgan({ side: SIDE, channels: 1, width })
    output.describe({
      data: digits.source,
      protocol:
        `digits framed to ${SIDE}×${SIDE}; ${passes} passes over ${grouped(learned.labels.length)} in batches of ${batch}; Adam, rate 2·10⁻⁴, β₁ = 0.5; ` +
        `no labels; compared with ${grouped(budget.compared)} test digits in the coefficients of scattering, J = 3, L = 8, order 1`,
      note: [note, 'digits, not the slide’s bedrooms and faces'].filter(Boolean).join('. '),
    })
    for (const part of ['generator', 'discriminator'] as const) number('parameters', part, gan[part].parameterCount)

    // the two networks learn
    const losses = { discriminator: [] as number[], generator: [] as number[] }
    const sheets: ShapedArray[] = []
    const steps = passes * Math.floor(learned.labels.length / batch)
    const resume = await checkpoint('networks')
    const { weights, history } = await progress.during(
      'training',
      (phase) =>
        fitGan(gan, {
          batches: passesOver(learned, batch),
          epochs: passes,
          samples: 30,
          seed,
          backend,
          signal,
          ...(resume && { resume }),
          checkpoint: (bytes) => output.checkpoint('networks', bytes),
          onProgress: (event: GanEvent) => {
            if (event.kind === 'epoch') {
              sheets.push(event.samples)
              const { epoch, discriminatorLoss, generatorLoss, collapsed } = event
              const end = collapsed ? ': the discriminator tells all apart' : ''
              log(`pass ${epoch + 1}: losses ${discriminatorLoss.toFixed(3)} and ${generatorLoss.toFixed(3)}${end}`)
              return
            }
            losses.discriminator.push(event.discriminatorLoss!)
            losses.generator.push(event.generatorLoss!)
            phase.reach(event.step)
          },
        }),
      steps,
    )
    for (const { epoch, discriminatorLoss, generatorLoss } of history) {
      number('loss', 'discriminator', discriminatorLoss, '', { pass: epoch + 1 })
      number('loss', 'generator', generatorLoss, '', { pass: epoch + 1 })
    }
    await output.figure(
      'digits',
      sheet(sheets.at(-1)!, 'Digits that were drawn', 10),
      'Of the same thirty points as after every pass.',
    )
    if (losses.generator.length >= 20) {
      const every = Math.max(10, Math.floor(losses.generator.length / 60))
      await output.figure(
        'losses',
        lossPlot(losses.discriminator, losses.generator, every),
        `Means over ${every} steps.`,
      )
    }
    output.file('generator.safetensors', await saveWeights(weights.generator))

    // from image to image
    const walk = await images(latentPath(latentPoints(gan, POINTS, `${seed}/walk`), { steps: 8, path: 'spherical' }))
    await output.figure(
      'walk',
      sheet(walk, 'From one point to the next, eight steps a line', 8),
      `${POINTS} points, joined by great circles.`,
    )

    // what can be told apart
    const count = Math.min(budget.compared, Math.floor(digits.test.labels.length / 2))
    const scatter = scattering2d({ shape: [SIDE, SIDE], scales: 3, maxOrder: 1, backend })
    const features = async ({ data, shape }: ShapedArray): Promise<Float32Array> =>
      (await scatter.transformAsync({ data, shape: [shape[0], SIDE, SIDE] }, { signal })).data as Float32Array
    const { data: unseen } = toFloat32(take(digits.test, 2 * count).images, { pad: [SIDE, SIDE] })
    const real = (from: number): ShapedArray =>
      asChannel(unseen.subarray(from * SIDE * SIDE, (from + count) * SIDE * SIDE), count)
    const fake = await images(latentPoints(gan, count, `${seed}/compared`))
    const [first, second, own] = [await features(real(0)), await features(real(count)), await features(fake)]
    scatter.dispose()
    const length = first.length / count
    for (const [method, other] of Object.entries({ 'drawn digits': own, 'other real digits': second })) {
      const { accuracy, realRecall, fakeRecall } = await progress.during(method, () =>
        nearestIsOwn(first, other, length),
      )
      number('nearest neighbour of the own set', method, accuracy, '%')
      number('the same of the first set', method, realRecall, '%')
      number('the same of the second set', method, fakeRecall, '%')
    }

    /** Images of points, a hundred at a time. */
    async function images(points: ReturnType<typeof latentPoints>): Promise<ShapedArray> {
      const [total, latent] = points.shape
      const all = new Float32Array(total * SIDE * SIDE)
      const most = 100
      for (let from = 0; from < total; from += most) {
        const rows = Math.min(most, total - from)
        const z = { data: points.data.subarray(from * latent, (from + rows) * latent), shape: [rows, latent] }
        const made = scope(() => drawn(gan, weights, onBackend(tensor(z.data.slice(), z.shape), backend)))
        all.set(await made.read(), from * SIDE * SIDE)
        backend.release(made.buffer)
        signal.throwIfAborted()
      }
      return { data: all, shape: [total, 1, SIDE, SIDE] }
    }

    function number(measure: string, method: string, value: number, unit = '', settings: Row['settings'] = {}): void {
      output.row({ measure, method, settings, value, unit })
    }
  },
})

export default generation
