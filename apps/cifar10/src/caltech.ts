// The other half of the slide, huge variability inside classes: a few photographs of each of five classes of Caltech-101, by the same Φ that learns
// nothing, beside pixels and colours with the same classifiers. All choices are made inside the training pictures of each split.
import { DatasetError } from '@scatterlab/datasets'
import { type Caltech101, type Caltech101Options, caltech101 } from '@scatterlab/datasets/photographs'
import { type FeatureMatrix, gridSearch, kernelRidge, pipeline, ridge } from '@scatterlab/learn'
import { type Phase, type RunContext, grouped } from '@scatterlab/repro'
import { type Split, accuracyByClass, countsOf, membersOf, randomSplits, spreadOf } from './by-class.ts'
import { confusionByClass, contactSheet } from './caltech-pictures.ts'
import { type Rows, coordinatesOf } from './inner-products.ts'
import { histogramRows, patchRows, pixelRows, waveletRows } from './representations.ts'

/** How much of it is done. */
export interface CaltechBudget {
  /** Training pictures a class. */
  readonly training: number
  readonly splits: number
  /** Sides of the pictures in powers of two, and J: between these the training pictures choose. The largest comes last. */
  readonly wavelets: readonly { readonly side: number; readonly scales: number }[]
  /** Patches of the data; 0 for none. */
  readonly patches: number
}

/** The classes of the slide; where the first is missing, nautilus takes its place. */
const SLIDE = ['anchor', 'beaver', 'joshua_tree', 'lotus', 'water_lilly']
const STAND_IN = 'nautilus'
/** Sides of pictures whose pixels are compared, and boxes of a colour for histograms. */
const PIXELS = [16, 32]
const BINS = [4, 8]
const FOLDS = 5
/** Of the pictures in the contact sheet: their side, and how many of a class. */
const SHOWN = { side: 64, each: 9 }

const PENALTIES = [1e-2, 1e-1, 1, 10]
/** γ in parts of the mean squared distance. */
const GAMMAS = [0.25, 0.5, 1]
const classifiers = [
  { words: 'linear', steps: pipeline(ridge), grid: { ridge: { penalty: PENALTIES } } },
  {
    words: 'Gaussian kernel',
    steps: pipeline([kernelRidge, { kernel: 'rbf' }]),
    grid: { kernelRidge: { gamma: GAMMAS, penalty: PENALTIES } },
  },
] as const

/** One Φ, in one or more ways between which the training pictures choose. */
interface Method {
  readonly name: string
  readonly ways: readonly {
    readonly words: string
    /** Pictures that it advances by. */
    readonly total: number
    rows(phase: Phase, split: Split): Promise<Rows>
    /** Whether it is the same for all splits. */
    readonly fixed: boolean
  }[]
}

/** What is done, for the protocol. */
export const inWordsCaltech = ({ training, splits, wavelets, patches }: CaltechBudget): string =>
  `Caltech-101: ${splits} random splits with ${training} training pictures a class, all others tested; accuracy by class, its mean and deviation ` +
  `over splits; scattering of order 2, L = 8, of Y, U and V, ${wavelets.map(inWords).join(' or ')}, logarithms, weighed as for CIFAR-10, mirror images taken ` +
  `together; ${patches > 0 ? `${grouped(patches)} whitened patches; ` : ''}pixels at ${PIXELS.join('² or ')}²; histograms of colours, ${BINS.join('³ or ')}³ boxes; least squares to ±1, linear and by a Gaussian kernel of all training pictures; ` +
  `sizes, γ and penalties by ${FOLDS}-fold cross-validation inside the training pictures of each split`

const inWords = ({ side, scales }: CaltechBudget['wavelets'][number]): string => `${side}², J = ${scales}`

/** The pictures of the slide's classes, at the size that the budget asks for. Throws as `caltech101` and `membersOf` do. */
export async function slideClasses(
  { wavelets, training }: CaltechBudget,
  options: Pick<Caltech101Options, 'folder' | 'signal'>,
): Promise<Caltech101> {
  const read = (classes: readonly string[]) => caltech101({ ...options, classes, size: wavelets.at(-1)!.side })
  const pictures = await read(SLIDE).catch((error: unknown) => {
    if (!(error instanceof DatasetError) || error.code !== 'MISMATCH') throw error
    return read([...SLIDE.slice(1), STAND_IN].sort())
  })
  membersOf(pictures, training)
  return pictures
}

/** Fits the classifiers to the training pictures of each split, and tests them once. */
export async function classifyCaltech(
  { backend, seed, progress, signal, log, output }: RunContext<unknown>,
  pictures: Pick<Caltech101, 'images' | 'labels' | 'classes'>,
  budget: CaltechBudget,
): Promise<void> {
  const { images, labels, classes } = pictures
  const splits = randomSplits(pictures, budget.training, budget.splits, seed)
  const [n] = images.shape
  const still = (words: string, rows: () => Rows): Method['ways'][number] => ({
    words,
    total: 0,
    fixed: true,
    rows: async () => rows(),
  })
  const methods: Method[] = [
    {
      name: 'wavelets',
      ways: budget.wavelets.map((way) => ({
        words: inWords(way),
        total: n,
        fixed: true,
        rows: (phase) => waveletRows(images, way, backend, phase),
      })),
    },
    { name: 'pixels', ways: PIXELS.map((side) => still(`${side}²`, () => pixelRows(images, side))) },
    { name: 'colours', ways: BINS.map((bins) => still(`${bins}³ boxes`, () => histogramRows(images, bins))) },
  ]
  if (budget.patches > 0) {
    const rows = (_: Phase, { training }: Split) =>
      patchRows(pictures, training, { filters: budget.patches, threshold: 0.25, epsilon: 0.1, seed, backend })
    methods.splice(1, 0, {
      name: 'patches',
      ways: [{ words: `${grouped(budget.patches)} patches`, total: 0, fixed: false, rows }],
    })
  }

  for (const { name, ways } of methods) {
    // the pictures of every split as points, in every way
    const points: FeatureMatrix[][] = splits.map(() => [])
    for (const { words, total, rows, fixed } of ways) {
      await progress.during(
        `Caltech-101: ${name}, ${words}`,
        async (phase) => {
          let own: Rows | undefined
          for (const [at, split] of splits.entries()) {
            if (!own || !fixed) own = await rows(phase, split)
            points[at].push(await coordinatesOf(own, split.training, backend))
            phase.advance()
          }
        },
        total + splits.length,
      )
    }
    for (const classifier of classifiers) await line(name, ways, points, classifier)
  }

  async function line(
    name: string,
    ways: Method['ways'],
    points: readonly FeatureMatrix[][],
    { words, steps, grid }: (typeof classifiers)[number],
  ): Promise<void> {
    const method = `${name}, ${words}`
    const accuracies: number[] = []
    const chosen: string[] = []
    const total = new Int32Array(classes.length ** 2)
    const first = await progress.during(
      `Caltech-101: ${method}`,
      async (phase) => {
        let shown: Int32Array | undefined
        for (const [at, { training, test }] of splits.entries()) {
          let best: { errors: number; way: number; predict: () => Promise<Int32Array> } | undefined
          for (const [way, matrix] of points[at].entries()) {
            const search = { grid, folds: FOLDS, seed, rows: training, backend, signal }
            const { classifier, validation } = await gridSearch(steps, matrix, labels, search)
            const errors = Math.min(...validation.results.map((result) => result.errors))
            if (best && errors >= best.errors) continue
            best = { errors, way, predict: () => classifier.predict(matrix, { rows: test, backend, signal }) }
          }
          const predicted = await best!.predict()
          shown ??= predicted
          const counts = countsOf(
            predicted,
            Array.from(test, (row) => labels[row]),
            classes.length,
          )
          accuracies.push(accuracyByClass(counts))
          chosen.push(ways[best!.way].words)
          counts.forEach((count, i) => (total[i] += count))
          phase.advance()
        }
        return shown!
      },
      splits.length,
    )
    const { mean, deviation } = spreadOf(accuracies)
    log(`Caltech-101: ${method}: ${mean.toFixed(1)} ± ${deviation.toFixed(1)} % right by class; ${commonest(chosen)}`)
    output.row({
      measure: 'Caltech-101: test accuracy by class, mean over splits',
      method,
      settings: {
        trainingSize: budget.training,
        splits: splits.length,
        deviation: Number(deviation.toFixed(2)),
        chosen: commonest(chosen),
      },
      value: mean,
      unit: '%',
    })
    if (method !== 'wavelets, Gaussian kernel') return
    await output.figure(
      'caltech-confusion',
      confusionByClass(total, classes),
      `Which classes are taken for which by ${method}, over ${splits.length} splits.`,
    )
    await output.figure(
      'caltech-pictures',
      contactSheet(pictures, splits[0].test, first, SHOWN),
      'Test pictures of the first split; where a class stands below one, the picture was taken for that.',
    )
  }
}

/** The name that comes most often, with its count where there are others. */
function commonest(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  const [[name, count]] = [...counts].sort((a, b) => b[1] - a[1])
  return counts.size > 1 ? `${name} (${count})` : name
}
