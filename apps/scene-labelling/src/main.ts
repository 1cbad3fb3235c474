// Scene Labeling, Car Driving: a network with the same filters at several scales gives each pixel of a street scene a class; superpixels tidy up.
// Knows no files and no page, so that both can run it.
import { type LabelledScenes, SCENE_CLASSES } from '@scatterlab/datasets/scenes'
import { FigureError, animatedPng } from '@scatterlab/figures'
import { type EpochRecord, type Network, type Weights, fit, saveWeights, trainingSpeed } from '@scatterlab/nn'
import { type Experiment, type RunContext, duration, experiment, grouped, trainingHost } from '@scatterlab/repro'
import { type Scenes, sceneAt, scenesOf, spread } from './data.ts'
import { framesPerSecond } from './frame-rate.ts'
import { sceneNetwork } from './network.ts'
import { type Shown, confusionTable, legend, lossCurves, strip } from './pictures.ts'
import {
  type Recipe,
  fullRecipe,
  inWords,
  quickRecipe,
  shortRecipe,
  stepsOf,
  trainingBy,
  trainingSides,
} from './recipe.ts'
import { comparedRuns, scoreRows } from './rows.ts'
import { type Confusion, type Scores, count, noPixels, scoresOf } from './scores.ts'
import { USUAL } from './superpixels.ts'
import { cutScenes, driven } from './test-drive.ts'

type Context = RunContext<Recipe>

const sceneLabelling: Experiment<Recipe> = experiment({
  name: 'scene-labelling',
  slide: 'Scene Labeling, Car Driving',
  claim: 'a deep network gives a class to each pixel of a street scene, by features of several scales',
  budgets: { quick: quickRecipe, full: fullRecipe },
  recipes: { short: shortRecipe },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run(context) {
    const { budget: recipe, seed, backend, dataFolder, signal, progress, log, output } = context
    const scenes = await progress.during('data', () => scenesOf(dataFolder, { ...recipe, seed, signal }))
    const set = { ...scenes.set, train: spread(scenes.set.train, recipe.training) }
    const test = spread(scenes.set.test, recipe.testing)
    output.describe({
      data: scenes.set.source,
      protocol: `${inWords(recipe, set.train.names.length)}; the test drive (${test.names.length} scenes) looked at once, at the end; pixels without a class left out`,
      note: scenes.note,
    })

    // how long it will take, before it does
    const networks = recipe.scales.map((scales) => ({
      scales,
      network: sceneNetwork({ scales, width: recipe.width }, trainingSides(set.train, scales)),
    }))
    let ahead = 0
    for (const { scales, network } of networks) {
      countRows(context, scales, network)
      const { imagesPerSecond } = await progress.during('timing', () =>
        trainingSpeed(network, { ...trainingBy(recipe, set, scales), backend, seed, signal }),
      )
      output.row({ measure: 'training speed', method: named(scales), value: imagesPerSecond, unit: 'scenes/s' })
      ahead += (recipe.runs * stepsOf(recipe, set.train.names.length) * recipe.batch) / imagesPerSecond
    }
    const trainings = recipe.runs * networks.length
    log(
      `${trainings} training${trainings > 1 ? 's take' : ' takes'} about ${duration(ahead)} here, without the looks at the validation drive`,
    )

    // superpixels, and the best that they allow
    const { cuts, best, seconds } = await progress.during(
      'superpixels',
      ({ reach }) => cutScenes(test, signal, reach),
      test.names.length,
    )
    const settings = { sigma: USUAL.sigma, k: USUAL.k, least: USUAL.least }
    const number = (measure: string, value: number, unit: string): void =>
      output.row({ measure, method: 'superpixels', settings, value, unit })
    number('superpixels in a scene', cuts.reduce((sum, cut) => sum + cut.count, 0) / cuts.length, '')
    number('time for a scene', (1000 * seconds) / cuts.length, 'ms')
    number('pixel accuracy of the best labels', scoresOf(best).pixelAccuracy, '%')
    scoreRows('always the commonest class', {}, alwaysCommonest(set.train, test)).forEach(output.row)

    // train, and look at the test drive
    const histories = new Map<string, readonly EpochRecord[]>()
    const found = new Map<string, Scores[]>()
    const keep = new Set(framesShown(test, scenes))
    const shown = new Map<number, Uint8Array[]>([...keep].map((scene) => [scene, []]))
    const methods: string[] = []
    for (const { scales, network } of networks) {
      const size = { scales, width: recipe.width }
      for (let run = 1; run <= recipe.runs; run++) {
        const name = `scales-${scales}-run-${run}`
        const { weights, history } = await trained(context, name, network, trainingBy(recipe, set, scales), run)
        histories.set(`${named(scales)}, run ${run}`, history)
        output.file(
          `${name}.safetensors`,
          await saveWeights(weights, { scales: String(scales), width: String(recipe.width) }),
        )
        const drive = await progress.during(
          `test ${name}`,
          ({ reach: onProgress }) => driven(test, cuts, size, weights, { backend, signal, keep, onProgress }),
          test.names.length,
        )
        for (const [method, confusion] of [
          [named(scales), drive.byPixel],
          [`${named(scales)} + superpixels`, drive.bySuperpixel],
        ] as const) {
          const scores = scoresOf(confusion)
          scoreRows(method, { run }, scores).forEach(output.row)
          found.set(method, [...(found.get(method) ?? []), scores])
        }
        if (run > 1) continue
        methods.push(named(scales), `${named(scales)} + superpixels`)
        for (const [scene, { byPixel, bySuperpixel }] of drive.kept) shown.get(scene)!.push(byPixel, bySuperpixel)
        await output.figure(
          `confusion-${scales}`,
          confusionTable(drive.bySuperpixel, `${named(scales)} + superpixels`),
          'Of the pixels of each true class (rows), the share in per cent that was given each class (columns).',
        )
        if (scales === recipe.scales.at(-1)) await rate(context, test, size, weights)
      }
    }
    comparedRuns(found, recipe.runs).forEach(output.row)

    // the drive
    await output.figure(
      'losses',
      lossCurves(histories),
      `${grouped(set.validation.names.length)} scenes that are never trained on.`,
    )
    await output.figure('classes', legend())
    await drawDrive(context, test, shown, methods, scenes)
  },
})

const named = (scales: number): string => (scales === 1 ? '1 scale' : `${scales} scales`)

/** Trains a network, or takes up what an interrupted run left of it. */
async function trained(
  context: Context,
  name: string,
  network: Network,
  training: ReturnType<typeof trainingBy>,
  run: number,
): Promise<{ weights: Weights; history: readonly EpochRecord[] }> {
  const host = await trainingHost(context, name, training.steps!, { every: 50 })
  return fit(network, {
    ...training,
    ...host,
    seed: `${context.seed}/${run}`,
    onProgress(event) {
      host.onProgress(event)
      if (event.kind !== 'epoch') return
      const { step, loss, validation } = event
      context.log(
        `${name}: step ${step}, loss ${loss.toFixed(3)}, on the validation drive ${validation!.loss.toFixed(3)}`,
      )
    },
  })
}

function countRows({ output }: Context, scales: number, { parameterCount, multiplications }: Network): void {
  output.row({ measure: 'parameters', method: named(scales), value: parameterCount })
  output.row({
    measure: 'multiplications for a scene',
    method: named(scales),
    value: multiplications / 1e6,
    unit: 'million',
  })
}

async function rate(
  { output, backend, signal, progress }: Context,
  test: LabelledScenes,
  size: { scales: number; width: number },
  weights: Weights,
): Promise<void> {
  const { network, whole } = await progress.during('frames', () =>
    framesPerSecond(test, size, weights, { backend, signal }),
  )
  output.row({ measure: 'speed', method: named(size.scales), value: network, unit: 'frames/s' })
  output.row({ measure: 'speed', method: `${named(size.scales)} + superpixels`, value: whole, unit: 'frames/s' })
}

/** Scores of the class that most pixels have in training. */
function alwaysCommonest(train: LabelledScenes, test: LabelledScenes): Scores {
  const counts = new Float64Array(SCENE_CLASSES.length)
  for (const label of train.labels.data) if (label < counts.length) counts[label]++
  const confusion: Confusion = noPixels(SCENE_CLASSES.length)
  const { data } = test.labels
  count(confusion, data, new Uint8Array(data.length).fill(counts.indexOf(Math.max(...counts))))
  return scoresOf(confusion)
}

/** Scenes of the animated strip: a stretch of the last drive in CamVid, all of a generated one. */
function framesShown({ names }: LabelledScenes, { real }: Scenes): number[] {
  const most = 40
  const last = real ? names.findIndex((name) => name.startsWith('Seq05VD')) : 0
  return Array.from({ length: Math.min(most, names.length - Math.max(last, 0)) }, (_, i) => Math.max(last, 0) + i)
}

async function drawDrive(
  { output, log }: Context,
  test: LabelledScenes,
  shown: ReadonlyMap<number, Uint8Array[]>,
  methods: readonly string[],
  { real }: Scenes,
): Promise<void> {
  const [, ...sides] = test.labels.shape
  const rows = [...shown].map(([scene, given]): Shown => ({ ...sceneAt(test, scene), given }))
  const few = [0, 1, 2, 3].map((i) => rows[Math.floor(((i + 0.5) * rows.length) / 4)])
  const whose = real ? 'CamVid, test drive' : 'Generated street, not photographs'
  await output.figure('strip', strip(few, sides, methods, whose), 'Four scenes of the test drive.')
  try {
    const frames: Uint8Array[] = []
    for (const row of rows) frames.push(await strip([row], sides, methods, whose).png({ scale: 1 }))
    output.file('drive.png', animatedPng(frames, { seconds: 0.4 }))
  } catch (error) {
    if (!(error instanceof FigureError && error.code === 'NO_CANVAS')) throw error
    log('the drive is not animated: a worker of a page draws no PNG')
  }
}

export default sceneLabelling
