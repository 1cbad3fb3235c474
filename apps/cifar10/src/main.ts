// Complex Image Classification: CIFAR-10 by a deep network, which learns its filters, and by a Φ that learns nothing; a few pictures of
// classes of Caltech-101 by that Φ. Knows no files and no page, so that both can run it.
import { DatasetError, cifar10 } from '@scatterlab/datasets'
import { type Experiment, experiment } from '@scatterlab/repro'
import { type CaltechBudget, classifyCaltech, inWordsCaltech, slideClasses } from './caltech.ts'
import { classify } from './classify.ts'
import { learnDeep } from './deep.ts'
import { type FixedBudget, inWordsFixed, withoutLearning } from './without-learning.ts'
import { type DeepRecipe, inWords, publishedRecipe, shortRecipe } from './recipe.ts'

/** Any part may be left out. */
interface Budget {
  readonly deep?: DeepRecipe
  readonly fixed?: FixedBudget
  readonly caltech?: CaltechBudget
}

const quickFixed: FixedBudget = {
  training: 10_000,
  testing: 2_000,
  held: 2_000,
  scales: 3,
  landmarks: 4_000,
  patches: 300,
}
const fullFixed: FixedBudget = {
  training: 50_000,
  testing: 10_000,
  held: 5_000,
  scales: 3,
  landmarks: 10_000,
  patches: 3_000,
}
const quickCaltech: CaltechBudget = { training: 30, splits: 5, wavelets: [{ side: 64, scales: 4 }], patches: 0 }
const fullCaltech: CaltechBudget = {
  training: 30,
  splits: 10,
  wavelets: [
    { side: 64, scales: 4 },
    { side: 128, scales: 5 },
    { side: 256, scales: 6 },
  ],
  patches: 300,
}

const app: Experiment<Budget> = experiment<Budget>({
  name: 'cifar10',
  slide: 'Complex Image Classification',
  claim: 'CIFAR-10: a deep network makes 7 % of errors; scattering without learning 20 %',
  budgets: {
    quick: { deep: shortRecipe, fixed: quickFixed, caltech: quickCaltech },
    full: { deep: publishedRecipe, fixed: fullFixed, caltech: fullCaltech },
  },
  recipes: {
    deep: { deep: publishedRecipe },
    'one-seed': { deep: { ...publishedRecipe, seeds: 1 } },
    'without-learning': { fixed: fullFixed, caltech: fullCaltech },
    caltech: { caltech: fullCaltech },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  classify,
  async run(context) {
    const { budget, dataFolder, progress, signal, log, output } = context
    const { deep, fixed, caltech } = budget
    const ofCifar = Boolean(deep ?? fixed)
    const [set, asked] = await progress.during('data', async () => [
      ofCifar ? await cifar10({ folder: dataFolder, signal }) : null,
      caltech ? await slideClasses(caltech, { folder: dataFolder, signal }).catch(absence) : null,
    ])
    // Caltech-101 is not downloaded: where only CIFAR-10 is there, its part is left out, and the result says so
    const absent = asked instanceof DatasetError ? asked : null
    if (absent && !ofCifar) throw absent
    const note = absent && `Caltech-101 is left out. ${absent.message}`
    if (note) log(note)
    const photographs = asked instanceof DatasetError ? null : asked
    output.describe({
      data: [set?.source, photographs?.source].filter(Boolean).join('; '),
      protocol: [
        fixed && inWordsFixed(fixed),
        deep && `deep network: ${inWords(deep)}; the test images looked at once, at the end`,
        caltech && photographs && inWordsCaltech(caltech),
      ]
        .filter(Boolean)
        .join('. '),
      ...(note && { note }),
    })

    // a deep network: filters that are learned
    if (deep && set) await learnDeep(context, set, deep)

    // a Φ that learns nothing, and classifiers in closed form
    if (fixed && set) await withoutLearning(context, set, fixed)

    // the same with a few pictures of each class, which vary more
    if (caltech && photographs) await classifyCaltech(context, photographs, caltech)
  },
})

/** The error that says that the pictures are not there; others are thrown. */
function absence(error: unknown): DatasetError {
  if (error instanceof DatasetError && error.code === 'NOT_FOUND') return error
  throw error
}

export default app
