// From the training of both networks to what can be told of their images.
import { type Gan, fitGan, latentPath, latentPoints } from '@scatterlab/gan'
import { saveWeights } from '@scatterlab/nn'
import { type Row, type RunContext, duration, grouped } from '@scatterlab/repro'
import { addConcepts } from './arithmetic.ts'
import { type ImageSet, type Labelled, type Pictures, part, passesOver, some } from './images.ts'
import { type Painter, painterOf } from './painter.ts'
import { sheet } from './pictures.ts'
import { type GenerationRecipe, inWords, networksOf, optimizersOf } from './recipe.ts'
import { nearestDistance, similarityOf } from './similarity.ts'
import { train } from './training.ts'
import { classesOf, coverageOf, learnClassifier } from './transfer.ts'

/** Points that a walk passes. */
const POINTS = 9
/** Training images among which the nearest to an image is looked for. */
const NEAREST_AMONG = 10_000

/** Trains, draws, walks, adds and measures. */
export async function generate(recipe: GenerationRecipe, set: ImageSet, context: RunContext<unknown>): Promise<void> {
  const { seed, backend, signal, output, mode, log } = context
  const learned = part(set.train, recipe.trainingSize)
  const [, channels, side] = learned.images.shape
  const gan = networksOf(recipe, { side, channels, classes: set.classes.length })
  const count = Math.min(recipe.compared, Math.floor(set.test.labels.length / 2))
  output.describe({
    data: set.source,
    protocol:
      `${inWords(recipe, learned.labels.length)}; ${grouped(count)} drawn images compared with as many test images, beside as many others of ` +
      `these; Φ: scattering coefficients of order 1 at 2×2 places`,
    note: [set.note, recipe.set === 'digits' ? 'digits, not the slide’s bedrooms and faces' : '']
      .filter(Boolean)
      .join('. '),
  })
  for (const name of ['generator', 'discriminator'] as const) tell('parameters', name, gan[name].parameterCount)
  if (mode === 'full') log(await ahead(recipe, gan, learned, context))

  const weights = await train(recipe, gan, learned, context)
  output.file('generator.safetensors', await saveWeights(weights.generator))
  const painter = painterOf(gan, weights, backend, signal)

  await walk(painter)
  await addConcepts(set, recipe.set, painter, context)
  await compare()
  if (recipe.told && recipe.transferred !== undefined) await transfer(recipe.transferred)

  /** From image to image; of one class where there are some. */
  async function walk({ paint }: Painter): Promise<void> {
    const [points, path] = [
      latentPoints(gan, POINTS, `${seed}/walk`),
      gan.law === 'normal' ? 'spherical' : 'linear',
    ] as const
    const way = latentPath(points, { steps: 8, path })
    const labels = Int32Array.from({ length: way.shape[0] }, () => (gan.classes ? 3 % gan.classes : 0))
    await output.figure(
      'walk',
      sheet(await paint(way, labels, { moments: 'running' }), 'From one point to the next, eight steps a line', 8),
      `${POINTS} points, joined by ${path === 'linear' ? 'straight lines' : 'great circles'}.`,
    )
  }

  /** Drawn images and other real ones beside real ones. */
  async function compare(): Promise<void> {
    const { images } = await painter.sample(count, `${seed}/compared`)
    const [first, second] = [some(set.test, count), some(set.test, count, count)]
    const found = await similarityOf(first, { 'drawn images': images, 'other real images': second }, recipe, context)
    for (const [method, own] of Object.entries(found)) {
      tell('sliced Wasserstein distance, ×10³', method, own.wasserstein)
      for (const level of own.levels)
        tell('sliced Wasserstein distance, ×10³', method, level.distance, '', { side: level.side })
      tell('Fréchet distance in Φ', method, own.frechet)
      tell('nearest neighbour in Φ is of the own set', method, 100 * own.accuracy, '%')
      tell('the same of the real images', method, 100 * own.realRecall, '%')
      tell('the same of the other images', method, 100 * own.otherRecall, '%')
    }
    const among = some(learned, NEAREST_AMONG)
    for (const [method, own] of Object.entries({ 'drawn images': images, 'unseen real images': first } as Record<
      string,
      Pictures
    >))
      tell('distance to the nearest training image', method, await nearestDistance(own, among, context))
  }

  /** What drawn images teach, and which classes they are of. */
  async function transfer(most: number): Promise<void> {
    const classes = set.classes.length
    const own = part(learned, most)
    const drawn = await painter.sample(own.labels.length, `${seed}/transfer`)
    const [unseen, asked] = [some(set.test, set.test.labels.length), set.test.labels]
    const { progress } = context
    const fromReal = await progress.during('classifier of real images', () =>
      learnClassifier(some(own, own.labels.length), own.labels, classes, context),
    )
    const fromDrawn = await progress.during('classifier of drawn images', () =>
      learnClassifier(drawn.images, drawn.labels, classes, context),
    )
    const errors = async (method: string, known: ArrayLike<number>, said: ArrayLike<number>): Promise<void> => {
      const wrong = Array.from(said).filter((label, i) => label !== known[i]).length
      tell(
        'classification error',
        method,
        (100 * wrong) / said.length,
        '%',
        { learned: own.labels.length },
        said.length,
        wrong,
      )
    }
    const seen = await classesOf(fromReal, drawn.images, context)
    await errors('learned from drawn images, asked of real ones', asked, await classesOf(fromDrawn, unseen, context))
    await errors('learned from real images, asked of real ones', asked, await classesOf(fromReal, unseen, context))
    await errors('learned from real images, asked of drawn ones', drawn.labels, seen)
    const { covered, divergence } = coverageOf(seen, own.labels, classes)
    tell('classes with half their share or more', 'drawn images', covered, '', { classes })
    tell('divergence of the classes drawn', 'drawn images', divergence, 'bits')
  }

  function tell(
    measure: string,
    method: string,
    value: number,
    unit = '',
    settings: Row['settings'] = {},
    total?: number,
    wrong?: number,
  ): void {
    output.row({ measure, method, settings, value, unit, ...(total !== undefined && { total, count: wrong }) })
  }
}

/** Steps that are timed. */
const TIMED = 4

/** How long the training will take here, in words; by a few steps that are thrown away. */
async function ahead(
  recipe: GenerationRecipe,
  gan: Gan,
  learned: Labelled,
  { backend, signal, progress }: RunContext<unknown>,
): Promise<string> {
  const seconds: number[] = []
  await progress.during('timing', () =>
    fitGan(gan, {
      batches: passesOver(learned, recipe.batch),
      steps: TIMED,
      samples: 2,
      order: recipe.order,
      optimizers: optimizersOf(recipe),
      backend,
      signal,
      onProgress: (event) => void (event.kind === 'step' && seconds.push(event.seconds)),
    }),
  )
  // the first steps compile; where the networks take turns, two updates are one of each
  const last = seconds.slice(-2).reduce((sum, s) => sum + s, 0) / Math.min(2, seconds.length)
  const steps = recipe.passes * Math.floor(learned.labels.length / recipe.batch)
  return `${grouped(steps)} batches of ${recipe.batch} at ${last.toFixed(2)} s each: the training takes about ${duration(steps * last)} here`
}
