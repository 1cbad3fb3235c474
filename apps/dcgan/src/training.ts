// Both networks learn; a sheet after each pass, of the same points.
import { type Gan, type GanWeights, fitGan } from '@scatterlab/gan'
import type { RunContext } from '@scatterlab/repro'
import type { ShapedArray } from '@scatterlab/tensor'
import { type Labelled, passesOver } from './images.ts'
import { lossPlot, sheet } from './pictures.ts'
import { type GenerationRecipe, optimizersOf, scheduleOf } from './recipe.ts'

/** Images of the sheet at the end, and those of them that are shown after every pass. */
const SAMPLES = 30
const SHOWN = 10

/** Trains, resumes, and draws the figures of the training. */
export async function train(
  recipe: GenerationRecipe,
  gan: Gan,
  learned: Labelled,
  { seed, backend, signal, progress, log, output, checkpoint }: RunContext<unknown>,
): Promise<GanWeights> {
  const losses = { discriminator: [] as number[], generator: [] as number[] }
  const [channels, side] = gan.generator.output
  const size = SHOWN * channels * side * side
  const [resume, kept] = [await checkpoint('networks'), await checkpoint('sheets')]
  let sheets: Uint8Array = kept ?? new Uint8Array(0)
  const keep = (epoch: number, { data }: ShapedArray): void => {
    const all = new Uint8Array((epoch + 1) * size)
    all.set(sheets.subarray(0, epoch * size))
    all.set(
      Uint8Array.from(data.slice(0, size), (v) => Math.round(127.5 * (v + 1))),
      epoch * size,
    )
    sheets = all
    output.checkpoint('sheets', sheets)
  }
  const steps = recipe.passes * Math.floor(learned.labels.length / recipe.batch)
  const { weights, history, samples } = await progress.during(
    'training',
    (phase) =>
      fitGan(gan, {
        batches: passesOver(learned, recipe.batch),
        epochs: recipe.passes,
        order: recipe.order,
        optimizers: optimizersOf(recipe),
        schedule: scheduleOf(recipe, steps),
        samples: SAMPLES,
        seed,
        backend,
        signal,
        ...(resume && { resume }),
        checkpoint: (bytes) => output.checkpoint('networks', bytes),
        onProgress(event) {
          if (event.kind === 'epoch') {
            keep(event.epoch, event.samples)
            const { epoch, discriminatorLoss, generatorLoss, collapsed } = event
            const end = collapsed
              ? ': COLLAPSED, the discriminator tells all apart and the generator learns nothing more'
              : ''
            log(`pass ${epoch + 1}: losses ${discriminatorLoss.toFixed(3)} and ${generatorLoss.toFixed(3)}${end}`)
            return
          }
          if (event.discriminatorLoss !== null) losses.discriminator.push(event.discriminatorLoss)
          if (event.generatorLoss !== null) losses.generator.push(event.generatorLoss)
          phase.reach(event.step)
        },
      }),
    steps,
  )
  for (const { epoch, discriminatorLoss, generatorLoss } of history) {
    const settings = { pass: epoch + 1 }
    output.row({ measure: 'loss', method: 'discriminator', value: discriminatorLoss, unit: '', settings })
    output.row({ measure: 'loss', method: 'generator', value: generatorLoss, unit: '', settings })
  }
  const collapsed = history.filter((pass) => pass.collapsed).length
  output.row({
    measure: 'passes in which it collapsed',
    method: 'discriminator',
    value: collapsed,
    unit: '',
    settings: {},
  })

  await output.figure('samples', sheet(samples, 'Images that were drawn', 10), 'Of thirty points that were drawn once.')
  const byPass: ShapedArray = {
    data: Float32Array.from(sheets, (v) => v / 127.5 - 1),
    shape: [(sheets.length / size) * SHOWN, channels, side, side],
  }
  await output.figure(
    'passes',
    sheet(byPass, 'The same points after each pass', SHOWN),
    'A row a pass, a column a point.',
  )
  const fewest = Math.min(losses.generator.length, losses.discriminator.length)
  if (fewest >= 20) {
    const every = Math.max(10, Math.floor(fewest / 60))
    await output.figure(
      'losses',
      lossPlot(losses.discriminator, losses.generator, every),
      `Means over ${every} updates.`,
    )
  }
  return weights
}
