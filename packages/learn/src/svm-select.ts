// C and γ of a support vector machine, chosen by held-out errors along paths: each optimum is the start of the next one.
import { checkOptions } from '@scatterlab/tensor'
import { countErrors, quietly } from './classifier.ts'
import { type Features, type Labels, type TrainingSet, trainingSet } from './features.ts'
import { type Kernel, kernelOf } from './kernel.ts'
import { somePenalties as somePositive } from './penalties.ts'
import { startRun } from './run.ts'
import { type HoldOutOptions, heldOut, holdOutRules } from './splits.ts'
import { type SvmClassifier, type SvmFit, type SvmFitOptions, fitPath, svmClassifier, svmFitRules } from './svm.ts'

/** What one C and γ gave on the held-out samples. */
export interface SvmResult {
  /** C. */
  readonly cost: number
  /** γ of the kernel. */
  readonly gamma: number
  /** Held-out samples of another class than predicted. */
  readonly errors: number
  /** Support vectors of the machine fitted without them. */
  readonly supportVectors: number
}

/** A support vector machine with the C and γ that validation chose, fitted to all samples. */
export interface SvmSelection {
  /** The one of the chosen C and γ, fitted to all samples. */
  readonly classifier: SvmClassifier
  /** C, the one that was chosen. */
  readonly cost: number
  /** γ, the one that was chosen. */
  readonly gamma: number
  /** In the order in which they were tried: by γ as given, C ascending. */
  readonly validation: {
    /** One for each C and γ. */
    readonly results: readonly SvmResult[]
    /** Samples that were held out. */
    readonly count: number
  }
}

/** Options of `svmSelect`. */
export interface SvmSelectOptions extends Omit<SvmFitOptions, 'gamma'>, HoldOutOptions {
  /** The C to choose from; default 1, 10 and 100. */
  readonly costs?: readonly number[]
  /** The γ to choose from; default ½, 1, 2 and 4 times what `gamma: 'scale'` is for all training samples. */
  readonly gammas?: readonly number[]
}

/**
 * Chooses C and γ by the errors on a held-out part of the training samples (of equal errors the smaller C, then the fewer support
 * vectors), then fits to all of them from the optimum at hand. The kernel rows of one γ serve all C. Throws as `svm` and `holdOut`
 * do.
 */
export async function svmSelect(features: Features, labels: Labels, options?: SvmSelectOptions): Promise<SvmSelection> {
  const { gamma: _, ...fitRules } = svmFitRules
  const checked = checkOptions('svmSelect', options, {
    ...fitRules,
    ...holdOutRules,
    costs: somePositive,
    gammas: somePositive,
  })
  const training = trainingSet(features, labels, checked)
  const { matrix, labels: own, rows, classes } = training
  const run = startRun(checked)
  const split = heldOut(own, rows, checked)
  const seen: TrainingSet = { matrix, labels: own, rows: split.training, classes }
  const base = kernelOf(checked, matrix, rows)
  const costs = (checked.costs ?? [1, 10, 100]).toSorted((a, b) => a - b)
  const gammas = checked.gammas ?? (base.name === 'linear' ? [1] : [0.5, 1, 2, 4]).map((factor) => factor * base.gamma)
  const { onProgress: __, ...quiet } = checked
  const inner = { ...run, step: () => run.breathe() }
  const results: SvmResult[] = []
  let best: { result: SvmResult; kernel: Kernel; fit: SvmFit } | null = null
  let last: SvmFit | undefined
  for (const [g, gamma] of gammas.entries()) {
    await run.step('gammas', g, gammas.length + 1)
    const kernel = { ...base, gamma }
    const fits = await fitPath(inner, seen, kernel, costs, quiet, last)
    last = fits[0]
    for (const fit of fits) {
      const classifier = svmClassifier(inner, seen, kernel, fit, checked.decision)
      const predicted = await classifier.predict(matrix, quietly(checked, split.validation))
      const errors = countErrors(predicted, own, split.validation)
      const result = { cost: fit.cost, gamma, errors, supportVectors: classifier.supportRows.length }
      results.push(result)
      if (best === null || isBetter(result, best.result)) best = { result, kernel, fit }
    }
  }
  await run.step('gammas', gammas.length, gammas.length + 1)
  const { result, kernel, fit } = best!
  const [whole] = await fitPath(inner, training, kernel, [result.cost], quiet, fit)
  const classifier = svmClassifier(run, training, kernel, whole, checked.decision)
  await run.step('gammas', gammas.length + 1, gammas.length + 1)
  return {
    classifier,
    cost: result.cost,
    gamma: result.gamma,
    validation: { results, count: split.validation.length },
  }
}

function isBetter(a: SvmResult, b: SvmResult): boolean {
  return (a.errors - b.errors || a.cost - b.cost || a.supportVectors - b.supportVectors) < 0
}
