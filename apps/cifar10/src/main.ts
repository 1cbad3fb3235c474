// Complex Image Classification: CIFAR-10 by a deep network, which learns its filters, and by a Φ that learns nothing. Knows no files
// and no page, so that both can run it.
import { cifar10 } from '@scatterlab/datasets'
import { type Experiment, experiment } from '@scatterlab/repro'
import { classify } from './classify.ts'
import { learnDeep } from './deep.ts'
import { type FixedBudget, inWordsFixed, withoutLearning } from './without-learning.ts'
import { type DeepRecipe, inWords, publishedRecipe, shortRecipe } from './recipe.ts'

/** Either half may be left out. */
interface Budget {
  readonly deep?: DeepRecipe
  readonly fixed?: FixedBudget
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
  patches: 2_000,
}

const app: Experiment<Budget> = experiment<Budget>({
  name: 'cifar10',
  slide: 'Complex Image Classification',
  claim: 'CIFAR-10: a deep network makes 7 % of errors; scattering without learning 20 %',
  budgets: {
    quick: { deep: shortRecipe, fixed: quickFixed },
    full: { deep: publishedRecipe, fixed: fullFixed },
  },
  recipes: {
    deep: { deep: publishedRecipe },
    'one-seed': { deep: { ...publishedRecipe, seeds: 1 } },
    'without-learning': { fixed: fullFixed },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  classify,
  async run(context) {
    const { budget, dataFolder, progress, signal, output } = context
    const set = await progress.during('data', () => cifar10({ folder: dataFolder, signal }))
    output.describe({
      data: set.source,
      protocol: [
        budget.fixed && inWordsFixed(budget.fixed),
        budget.deep && `deep network: ${inWords(budget.deep)}; the test images looked at once, at the end`,
      ]
        .filter(Boolean)
        .join('. '),
    })

    // a deep network: filters that are learned
    if (budget.deep) await learnDeep(context, set, budget.deep)

    // a Φ that learns nothing, and classifiers in closed form
    if (budget.fixed) await withoutLearning(context, set, budget.fixed)
  },
})

export default app
