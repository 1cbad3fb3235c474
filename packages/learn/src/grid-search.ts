// The settings of a pipeline's steps, chosen by held-out errors: every combination of a grid, what steps share computed once.
import { type Rules, ValueError, checkOptions, wholeNumber } from '@scatterlab/tensor'
import { countErrors, quietly } from './classifier.ts'
import { type FeatureMatrix, type Features, type Labels, trainingSet } from './features.ts'
import {
  type Pipeline,
  type PipelineClassifier,
  type StepSettings,
  applied,
  fitClassifier,
  fitTransform,
  namedSteps,
} from './pipeline.ts'
import { type RunOptions, runRules, startRun } from './run.ts'
import { type HoldOutOptions, type Split, heldOut, holdOutRules, kFold } from './splits.ts'

/** Values of options by step: every combination of them is tried. */
export type Grid = Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>

/** What one combination gave. */
export interface GridResult {
  /** The values that were tried, by step and option. */
  readonly settings: StepSettings
  /** On the held-out samples of all parts. */
  readonly errors: number
}

/** The best combination, fitted to all samples. */
export interface GridSearch {
  /** The pipeline with the best settings, fitted to all samples. */
  readonly classifier: PipelineClassifier
  /** Those of the fewest errors; of equal ones the first of the grid. */
  readonly settings: StepSettings
  /** In the order of the grid: the values of the first step change last. */
  readonly validation: {
    /** One for each combination. */
    readonly results: readonly GridResult[]
    /** Samples that were held out, over all parts. */
    readonly count: number
  }
}

/** Options of `gridSearch`. */
export interface GridSearchOptions extends RunOptions, HoldOutOptions {
  /** The values to try: `{ svm: { cost: [1, 10] } }` by step and option. */
  readonly grid: Grid
  /** Parts that are held out in turn; default 5. With `fraction` one part is held out instead. */
  readonly folds?: number
}

/**
 * Tries every combination of the grid on held-out parts of the samples and fits the one of the fewest errors, the first of equal ones,
 * to all. Each step is fitted to training samples only, once for all combinations that agree so far. `seed` draws the parts and is the
 * steps' seed. Throws `ValueError` for names that are none, and as the steps do.
 *
 * @example gridSearch(pipeline(standardise, pca, svm), x, y, { grid: { pca: { components: [10, 20] }, svm: { cost: [1, 10] } } })
 */
export async function gridSearch(
  given: Pipeline,
  features: Features,
  labels: Labels,
  options: GridSearchOptions,
): Promise<GridSearch> {
  const rules: Rules<GridSearchOptions> = { ...runRules, ...holdOutRules, grid: aGrid, folds: wholeNumber(2) }
  const checked = checkOptions('gridSearch', options, rules, ['grid'])
  const steps = namedSteps(given)
  const { grid, folds, fraction, seed = 0, onProgress: _, ...rest } = checked
  if (folds !== undefined && fraction !== undefined)
    throw new ValueError('gridSearch: give `folds` or `fraction`, not both')
  for (const name of Object.keys(grid)) given.with({ [name]: {} })
  const { matrix, labels: own, rows } = trainingSet(features, labels, checked)
  const run = startRun(checked)
  const splits: Split[] =
    fraction === undefined ? kFold(own, { folds: folds ?? 5, seed, rows }) : [heldOut(own, rows, { fraction, seed })]
  const choices = steps.map(({ name }) => combinations(grid[name] ?? {}))
  const count = choices.reduce((product, list) => product * list.length, 1)
  const errors = new Int32Array(count)
  const { rows: __, ...host } = rest
  let done = 0

  /** Fits step `at` in all its ways, and what follows; `index` counts the combinations of the steps before. */
  async function walk(split: Split, at: number, x: FeatureMatrix, index: number): Promise<void> {
    for (const [c, choice] of choices[at].entries()) {
      const step = { ...steps[at], options: { ...steps[at].options, ...choice } }
      const place = index * choices[at].length + c
      const training = { ...host, rows: split.training }
      if (at < steps.length - 1) {
        const transform = await fitTransform(step, x, own, training, seed)
        await walk(split, at + 1, await applied(transform, x, host), place)
        continue
      }
      const classifier = await fitClassifier(step, x, own, training, seed)
      const predicted = await classifier.predict(x, quietly(checked, split.validation))
      errors[place] += countErrors(predicted, own, split.validation)
      await run.step('fits', ++done, count * splits.length + 1)
    }
  }
  for (const split of splits) await walk(split, 0, matrix, 0)

  const results = Array.from(errors, (own_, at): GridResult => ({ settings: settingsAt(at), errors: own_ }))
  const best = results.reduce((least, result) => (result.errors < least.errors ? result : least))
  const classifier = await given.with(best.settings).fit(matrix, labels, { ...host, rows, seed })
  await run.step('fits', count * splits.length + 1, count * splits.length + 1)
  const held = splits.reduce((sum, { validation }) => sum + validation.length, 0)
  return { classifier, settings: best.settings, validation: { results, count: held } }

  function settingsAt(at: number): StepSettings {
    let left = at
    const chosen: [string, Record<string, unknown>][] = []
    for (let s = steps.length - 1; s >= 0; s--) {
      const choice = choices[s][left % choices[s].length]
      left = Math.floor(left / choices[s].length)
      if (Object.keys(choice).length > 0) chosen.unshift([steps[s].name, choice])
    }
    return Object.fromEntries(chosen)
  }
}

/** Every combination of the values of some options; of none the empty one. */
function combinations(values: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] {
  let list: Record<string, unknown>[] = [{}]
  for (const [name, some] of Object.entries(values)) {
    list = list.flatMap((record) => some.map((value) => ({ ...record, [name]: value })))
  }
  return list
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === '[object Object]'

function aGrid(value: unknown): string | undefined {
  const isRight =
    isRecord(value) &&
    Object.values(value).every(
      (step) => isRecord(step) && Object.values(step).every((list) => Array.isArray(list) && list.length > 0),
    )
  return isRight ? undefined : 'lists of values by step and option, such as { svm: { cost: [1, 10] } }'
}
