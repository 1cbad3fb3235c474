// Contractions and Separations: layer by layer, points of one class come together while those of two stay apart. Measured in a network that
// is trained, in the same one before it is, and in scattering order by order, on one axis: the number of non-linearities behind.
import { trainingSpeed } from '@scatterlab/nn'
import { sgd } from '@scatterlab/optim'
import { type Experiment, type RunContext, duration, experiment, grouped } from '@scatterlab/repro'
import { ValueError } from '@scatterlab/tensor'
import { type SetBudget, measureLayers, rectifiedShares } from './layers.ts'
import { depthOf, ladder } from './network.ts'
import { asItLearns } from './pictures.ts'
import { figureName, reportLayers, reportShares } from './report.ts'
import { type Subject, colourSubject, digitSubject } from './sets.ts'

/** What is done of each set; null leaves it out. */
export interface Budget {
  readonly digits: SetBudget | null
  readonly colours: SetBudget | null
}

const digits: SetBudget = {
  network: { width: 16, blocks: 1, stride: 2, dropped: 0 },
  known: 3_000,
  steps: 600,
  batch: 50,
  rate: 0.05,
  decay: 5e-4,
  reference: 2_000,
  points: 1_000,
  machine: 500,
  looks: 12,
  lookedAt: 300,
  whole: true,
  shares: { values: [0, 0.25, 0.5, 0.75, 1], steps: 150 },
}

/** α = 0, 0.05, 0.1, …, 1. */
const twentieths = [0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20].map((part) => part / 20)

const manyDigits: SetBudget = {
  ...digits,
  network: { width: 32, blocks: 1, stride: 1, dropped: 0 },
  known: 60_000,
  steps: 6_000,
  batch: 100,
  reference: 20_000,
  points: 5_000,
  machine: 5_000,
  looks: 12,
  lookedAt: 2_000,
  whole: false,
  shares: { values: twentieths, steps: 1_200 },
}

/** Oyallon's network at width 32; the rate 1/4 is halved three times on the way, as in his 121,101 steps it is twelve times. */
const colours: SetBudget = {
  network: { width: 32, blocks: 2, stride: 1, dropped: 0.4 },
  known: 50_000,
  steps: 12_000,
  batch: 128,
  rate: 0.25,
  decay: 2e-4,
  halvedEvery: 1_000,
  reference: 50_000,
  points: 5_000,
  machine: 5_000,
  looks: 12,
  lookedAt: 2_000,
  whole: false,
  shares: { values: twentieths, steps: 2_000 },
}

const contraction: Experiment<Budget> = experiment<Budget>({
  name: 'contraction',
  slide: 'Contractions and Separations',
  claim: 'layers contract space and keep the margins between classes',
  budgets: { quick: { digits, colours: null }, full: { digits: manyDigits, colours } },
  recipes: {
    published: {
      digits: null,
      colours: {
        ...colours,
        steps: 121_101,
        halvedEvery: 10_000,
        looks: 24,
        points: 10_000,
        shares: { values: Array.from({ length: 21 }, (_, part) => part / 20), steps: 121_101 },
      },
    },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run(context) {
    const { budget, dataFolder, signal, progress, output } = context
    const loaders = { digits: digitSubject, colours: colourSubject }
    const parts: { readonly subject: Subject; readonly own: SetBudget }[] = []
    for (const set of ['digits', 'colours'] as const) {
      const asked = budget[set]
      if (!asked) continue
      const subject = await progress.during('data', () => loaders[set]({ folder: dataFolder, signal }))
      parts.push({ subject, own: withinSet(asked, subject) })
    }
    output.describe({
      data: parts.map(({ subject }) => subject.source).join('; '),
      protocol: parts.map(({ subject, own }) => inWords(subject, own)).join('. '),
      note: parts.map(({ subject }) => subject.note).find(Boolean),
    })
    for (const { subject, own } of parts) await tellTime(context, subject, own)
    for (const { subject, own } of parts) {
      const title = `${subject.name}: points of a class come together as a network learns`
      const layers = await measureLayers(context, subject, own, (moments) =>
        output.figure(
          figureName(subject, 'learning'),
          asItLearns(title, moments),
          'Unseen images, means over positions.',
        ),
      )
      await reportLayers(output, subject, own, layers)
      await reportShares(output, subject, await rectifiedShares(context, subject, own))
    }
  },
})

/** Neighbours that are asked, and one point more. */
const LEAST = 32

/** As many images as there are. Throws `ValueError` for fewer than can be measured. */
function withinSet(asked: SetBudget, { name, labels }: Subject): SetBudget {
  const [known, unseen] = [labels.train.length, labels.test.length]
  const least = Math.max(LEAST, asked.batch)
  if (known < least || unseen < LEAST) {
    throw new ValueError(`${name}: ${known} training and ${unseen} test images: give at least ${least} and ${LEAST}`)
  }
  return {
    ...asked,
    known: Math.min(asked.known, known),
    reference: Math.min(asked.reference, known),
    machine: Math.min(asked.machine, known),
    points: Math.min(asked.points, unseen),
    lookedAt: Math.min(asked.lookedAt, unseen),
  }
}

function inWords({ name }: Subject, own: SetBudget): string {
  const { network, known, steps, batch, rate, halvedEvery, reference, points, machine, shares } = own
  const course = halvedEvery ? `halved every ${grouped(halvedEvery)} steps` : 'falling as a cosine'
  return (
    `${name}: ${depthOf(network)} convolutions 3×3 of ${network.width} channels, batch norm and ρ after each, trained for ${grouped(steps)} steps of ${batch} ` +
    `on ${grouped(known)} images, rate ${rate} ${course}, momentum 0.9, decay ${own.decay}; layers measured on ${grouped(points)} unseen images, nearest ` +
    `neighbours among ${grouped(reference)} training images, kernel machines from ${grouped(machine)}; scattering J = 3, L = 8; ` +
    `α: networks of ${grouped(shares.steps)} steps`
  )
}

/** How long the training will take, before it begins. */
async function tellTime(
  { backend, seed, signal, log }: RunContext<unknown>,
  subject: Subject,
  own: SetBudget,
): Promise<void> {
  const total = own.steps + own.shares.values.length * own.shares.steps
  const { secondsPerStep } = await trainingSpeed(ladder(subject.input, own.network), {
    batches: subject.passes(own.known, own.batch),
    optimizer: sgd({ rate: own.rate }),
    backend,
    seed,
    signal,
    steps: 3,
  })
  log(`${subject.name}: ${grouped(total)} steps of training, about ${duration(total * secondsPerStep)} here`)
}

export default contraction
