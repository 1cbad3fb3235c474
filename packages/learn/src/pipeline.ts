// Steps in a row, transforms and then a classifier, fitted and asked as one; and the search for the settings of all of them by
// held-out errors.
import { ValueError, aSeed, checkOptions, dtypeOf, realArray } from '@scatterlab/tensor'
import type { Classifier, PredictOptions } from './classifier.ts'
import { gatherRows } from './chunks.ts'
import {
  type FeatureMatrix,
  type Features,
  type Labels,
  type SubsetOptions,
  checkRows,
  matrixOf,
  subsetRules,
} from './features.ts'
import { kernelRidge } from './kernel-ridge.ts'
import { linearSvm } from './linear-svm.ts'
import { logistic } from './logistic.ts'
import { kNearestNeighbours } from './nearest-neighbours.ts'
import { normalisePaths } from './normalise-paths.ts'
import { nystroem } from './nystroem.ts'
import { pca, type LinearTransform } from './pca.ts'
import { pcaAffine } from './pca-affine.ts'
import { ridge } from './ridge.ts'
import { type RunOptions, runRules } from './run.ts'
import { savedAs, savedForm } from './saved-kinds.ts'
import { type FeatureSelection, type SelectFeaturesOptions, selectFeatures } from './select-features.ts'
import { standardise } from './standardise.ts'
import { svm } from './svm.ts'
import { svmProbability } from './svm-probability.ts'
import type { FeatureTransform } from './transforms.ts'
import { unitRows } from './unit-rows.ts'
import { whiten } from './whiten.ts'

/** What a step may be: a function of this package that fits a transform or a classifier, or `unitRows`. */
export type Fit =
  | typeof standardise
  | typeof normalisePaths
  | typeof unitRows
  | typeof pca
  | typeof whiten
  | typeof nystroem
  | typeof selectFeatures
  | typeof pcaAffine
  | typeof ridge
  | typeof kernelRidge
  | typeof logistic
  | typeof svm
  | typeof svmProbability
  | typeof linearSvm
  | typeof kNearestNeighbours

/** A step alone, or with its options. */
export type Step = Fit | readonly [fit: Fit, options: object]

/** A transform as steps use it. */
type AnyTransform = FeatureTransform | LinearTransform | FeatureSelection

/** What a step takes beside its own options, and whether it ends the row. */
interface Kind {
  readonly name: string
  readonly isClassifier: boolean
  readonly runs: boolean
  readonly seeded: boolean
}
const kinds = /* @__PURE__ */ new Map<unknown, Kind>(
  (
    [
      ['standardise', standardise, false, false, false],
      ['normalisePaths', normalisePaths, false, false, false],
      ['unitRows', unitRows, false, false, false],
      ['pca', pca, false, true, true],
      ['whiten', whiten, false, true, true],
      ['nystroem', nystroem, false, true, true],
      ['selectFeatures', selectFeatures, false, true, false],
      ['pcaAffine', pcaAffine, true, true, true],
      ['ridge', ridge, true, true, false],
      ['kernelRidge', kernelRidge, true, true, false],
      ['logistic', logistic, true, true, true],
      ['svm', svm, true, true, false],
      ['svmProbability', svmProbability, true, true, true],
      ['linearSvm', linearSvm, true, true, true],
      ['kNearestNeighbours', kNearestNeighbours, true, true, false],
    ] as const
  ).map(([name, fit, isClassifier, runs, seeded]) => [fit, { name, isClassifier, runs, seeded }]),
)

/** A step as it is fitted: its name in settings, its function, its options. */
interface NamedStep extends Kind {
  readonly fit: unknown
  readonly options: object
}

/** Options of fitting a pipeline. */
export interface PipelineFitOptions extends RunOptions, SubsetOptions {
  /** For the steps that draw; default 0. */
  readonly seed?: number | string
}

/** Options of steps by the steps' names. */
export type StepSettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Steps that are fitted together. */
export interface Pipeline {
  /** Names of the steps: those of their functions. */
  readonly names: readonly string[]
  /** Fits every step to what the steps before it give. */
  fit(features: Features, labels: Labels, options?: PipelineFitOptions): Promise<PipelineClassifier>
  /** The same with other options of some steps. */
  with(settings: StepSettings): Pipeline
}

/** A fitted pipeline. */
export interface PipelineClassifier extends Classifier {
  /** The fitted transforms by the names of their steps, in their order. */
  readonly transforms: readonly {
    /** That of the step's function, such as `standardise`. */
    readonly name: string
    /** Fitted to what the steps before it gave. */
    readonly transform: AnyTransform
  }[]
  /** The last step, fitted to what the transforms gave. */
  readonly classifier: Classifier
}

/**
 * Transforms and a classifier in a row, each with options of its own where it stands in brackets. Throws `ValueError` unless the last
 * step is a classifier and the others are transforms, each once.
 *
 * @example pipeline(standardise, [pca, { components: 50 }], [svm, { cost: 10 }])
 */
export function pipeline(...steps: readonly Step[]): Pipeline {
  const named = steps.map((step, at): NamedStep => {
    const [fit, options] = Array.isArray(step) ? (step as readonly [Fit, object]) : [step as Fit, {}]
    const kind = kinds.get(fit)
    if (kind === undefined || typeof options !== 'object' || options === null) {
      const known = Array.from(kinds.values(), ({ name }) => name).join(', ')
      throw new ValueError(`pipeline: step ${at + 1} must be one of ${known}, or [one of them, its options]`)
    }
    return { ...kind, fit, options }
  })
  return pipelineOf(named)
}

/** The steps of each pipeline, for the search. */
const stepsOf = /* @__PURE__ */ new WeakMap<Pipeline, readonly NamedStep[]>()

/** The named steps of a pipeline. Throws `ValueError` for what is none. */
export function namedSteps(given: Pipeline): readonly NamedStep[] {
  const steps = typeof given === 'object' && given !== null ? stepsOf.get(given) : undefined
  if (steps === undefined) throw new ValueError('this takes a pipeline, such as pipeline(standardise, svm)')
  return steps
}

function pipelineOf(steps: readonly NamedStep[]): Pipeline {
  const names = steps.map(({ name }) => name)
  if (steps.length === 0 || steps.some(({ isClassifier }, at) => isClassifier !== (at === steps.length - 1))) {
    throw new ValueError(`pipeline of ${names.join(', ') || 'no step'}: give transforms first, and one classifier last`)
  }
  if (new Set(names).size < names.length) throw new ValueError(`pipeline of ${names.join(', ')}: give each step once`)
  const made: Pipeline = {
    names,
    async fit(features, labels, options) {
      const rules = { ...runRules, ...subsetRules, seed: aSeed }
      const { rows, seed = 0, onProgress, ...run } = checkOptions('fit', options, rules)
      let x = matrixOf(features)
      const transforms: { name: string; transform: AnyTransform }[] = []
      for (const [at, step] of steps.slice(0, -1).entries()) {
        onProgress?.({ stage: 'steps', done: at, total: steps.length })
        const transform = await fitTransform(step, x, labels, { ...run, ...(rows && { rows }) }, seed)
        x = await applied(transform, x, run)
        transforms.push({ name: step.name, transform })
      }
      onProgress?.({ stage: 'steps', done: steps.length - 1, total: steps.length })
      const classifier = await fitClassifier(steps.at(-1)!, x, labels, { ...run, ...(rows && { rows }) }, seed)
      onProgress?.({ stage: 'steps', done: steps.length, total: steps.length })
      return fittedPipeline({ transforms, classifier })
    },
    with: (settings) => pipelineOf(withSettings(steps, settings)),
  }
  stepsOf.set(made, steps)
  return made
}

/** The steps with other options of some of them. Throws `ValueError` for a name that is none. */
function withSettings(steps: readonly NamedStep[], settings: StepSettings): NamedStep[] {
  for (const name of Object.keys(settings)) {
    if (steps.some((step) => step.name === name)) continue
    throw new ValueError(`there is no step ${name}, only ${steps.map((step) => step.name).join(', ')}`)
  }
  return steps.map((step) => ({ ...step, options: { ...step.options, ...settings[step.name] } }))
}

/** The options that a step gets: its own, those of the run that it takes, the seed unless it has one. */
function optionsOf(
  { options, runs, seeded }: NamedStep,
  run: RunOptions & SubsetOptions,
  seed: number | string,
): object {
  const { rows, backend, signal } = run
  return {
    ...(rows && { rows }),
    ...(runs && backend && { backend }),
    ...(runs && signal && { signal }),
    ...(seeded && { seed }),
    ...options,
  }
}

/** Fits a step that is a transform. */
export async function fitTransform(
  step: NamedStep,
  x: FeatureMatrix,
  labels: Labels,
  run: RunOptions & SubsetOptions,
  seed: number | string,
): Promise<AnyTransform> {
  run.signal?.throwIfAborted()
  if (step.fit === unitRows) return unitRows
  if (step.fit === selectFeatures) return selectFeatures(x, labels, optionsOf(step, run, seed) as SelectFeaturesOptions)
  return (step.fit as (x: FeatureMatrix, options: object) => Promise<AnyTransform>)(x, optionsOf(step, run, seed))
}

/** Fits a step that is a classifier. */
export async function fitClassifier(
  step: NamedStep,
  x: FeatureMatrix,
  labels: Labels,
  run: RunOptions & SubsetOptions,
  seed: number | string,
): Promise<Classifier> {
  run.signal?.throwIfAborted()
  const fit = step.fit as (x: FeatureMatrix, labels: Labels, options: object) => Promise<Classifier>
  return fit(x, labels, optionsOf(step, run, seed))
}

/** The features after a transform. */
export async function applied(transform: AnyTransform, x: FeatureMatrix, run: RunOptions): Promise<FeatureMatrix> {
  const { backend, signal } = run
  return isAwaited(transform)
    ? transform.apply(x, { ...(backend && { backend }), ...(signal && { signal }) })
    : transform.apply(x)
}

/** Whether it is one of those that multiply on a back end, and take options of a run. */
const isAwaited = (transform: AnyTransform): transform is LinearTransform =>
  ['pca', 'whiten', 'nystroem'].includes(savedForm(transform)?.kind ?? '')

/** The classifier of fitted steps. */
export function fittedPipeline({
  transforms,
  classifier,
}: Pick<PipelineClassifier, 'transforms' | 'classifier'>): PipelineClassifier {
  /** Sends the chosen samples through the transforms, and then to `ask`. */
  async function asked<T>(
    features: Features,
    options: PredictOptions | undefined,
    ask: (x: FeatureMatrix, run: RunOptions) => Promise<T>,
  ): Promise<T> {
    const { rows: chosen, ...run } = checkOptions('a prediction', options, { ...runRules, ...subsetRules })
    let x = matrixOf(features)
    if (chosen !== undefined) {
      const rows = checkRows(x, chosen)
      const data = realArray(dtypeOf(x.data), rows.length * x.shape[1])
      gatherRows(x, rows, null, data)
      x = { data, shape: [rows.length, x.shape[1]] }
    }
    for (const { transform } of transforms) x = await applied(transform, x, run)
    return ask(x, run)
  }
  return savedAs('pipeline', { transforms, classifier }, {
    classes: classifier.classes,
    transforms,
    classifier,
    predict: (features, options) => asked(features, options, (x, run) => classifier.predict(x, run)),
    scores: (features, options) => asked(features, options, (x, run) => classifier.scores(x, run)),
  } satisfies PipelineClassifier)
}
