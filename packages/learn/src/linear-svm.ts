// Linear support vector machines in the primal variables: for many samples, where a kernel's cost would grow with their square.
import { aSeed, checkOptions, notNegative, oneOf, positive, random, wholeNumber } from '@scatterlab/tensor'
import { type Classifier, type PredictOptions, largestScore, samplesFor } from './classifier.ts'
import { type MarginLoss, descendCoordinates } from './coordinate-descent.ts'
import { type Features, type Labels, type SubsetOptions, subsetRules, trainingSet } from './features.ts'
import { rowsTimes } from './linear.ts'
import { type RunOptions, runRules, startRun } from './run.ts'
import { savedAs } from './saved-kinds.ts'
import type { Decisions, SvmProblem } from './svm.ts'
import { type Decision, problemSamples, problemsOf, scoresFrom } from './two-class-problems.ts'

/** A linear support vector machine. */
export interface LinearSvmClassifier extends Classifier {
  /** C, the weight of the losses against ‖w‖²/2. */
  readonly cost: number
  /** How several classes became problems of two. */
  readonly decision: Decision
  /** How well each problem was solved, in the order of the columns of `weights`. */
  readonly problems: readonly SvmProblem[]
  /** w of each problem, row-major [features, problems]. */
  readonly weights: Float64Array
  /** b of each problem. */
  readonly intercept: Float64Array
  /** w·x + b of every problem: above 0 for its positive class. */
  decisions(features: Features, options?: PredictOptions): Promise<Decisions>
}

/** Options of `linearSvm`. */
export interface LinearSvmOptions extends RunOptions, SubsetOptions {
  /** C > 0; default 1. */
  readonly cost?: number
  /** Default `squaredHinge`, as in scikit-learn's `LinearSVC`. */
  readonly loss?: MarginLoss
  /** Several classes each against the rest, the default, or as pairs. */
  readonly decision?: Decision
  /** The constant feature s whose weight gives the intercept: the larger, the less it is penalised; 0 for none; default 1. */
  readonly interceptScale?: number
  /** The duality gap that may remain, relative to the primal objective; default 1e-3. */
  readonly tolerance?: number
  /** Passes over the samples for each problem; default 1,000. */
  readonly maxIterations?: number
  /** Draws the order of the samples; default 0. */
  readonly seed?: number | string
}

/**
 * The linear support vector machine: for each problem least ½‖w‖² + ½b̃² + C Σ loss(y_i(w·x_i + s·b̃)), LIBLINEAR's objective, by dual
 * coordinate descent (Hsieh and others 2008) to a stated duality gap. Throws `DataError` for labels that do not fit and classes
 * without samples, `ValueError` for options.
 */
export async function linearSvm(
  features: Features,
  labels: Labels,
  options?: LinearSvmOptions,
): Promise<LinearSvmClassifier> {
  const checked = checkOptions('linearSvm', options, {
    ...runRules,
    ...subsetRules,
    cost: positive,
    loss: oneOf('hinge', 'squaredHinge'),
    decision: oneOf('oneVsOne', 'oneVsRest'),
    interceptScale: notNegative,
    tolerance: positive,
    maxIterations: wholeNumber(1),
    seed: aSeed,
  })
  const { matrix, labels: own, rows, classes } = trainingSet(features, labels, checked)
  const run = startRun(checked)
  const { cost = 1, loss = 'squaredHinge', decision = 'oneVsRest', interceptScale = 1, seed = 0 } = checked
  const { tolerance = 1e-3, maxIterations = 1000 } = checked
  const columns = matrix.shape[1]
  const kinds = problemsOf(classes, decision)
  const width = kinds.length
  const weights = new Float64Array(columns * width)
  const intercept = new Float64Array(width)
  const problems: SvmProblem[] = []
  for (const [p, kind] of kinds.entries()) {
    await run.step('problems', p, width)
    const { rows: some, y } = problemSamples(own, rows, kind)
    const settings = { cost, loss, interceptScale, tolerance, maxIterations }
    const solution = await descendCoordinates(matrix, some, y, settings, random(seed), () => run.breathe())
    for (let j = 0; j < columns; j++) weights[j * width + p] = solution.weights[j]
    intercept[p] = interceptScale * solution.weights[columns]
    const { alpha, objective, gap, iterations, converged } = solution
    const supportVectors = alpha.filter((value) => value > 0).length
    const bounded = loss === 'hinge' ? alpha.filter((value) => value === cost).length : 0
    problems.push({ ...kind, supportVectors, bounded, objective, gap, iterations, converged })
  }
  await run.step('problems', width, width)
  return linearSvmFrom({ classes, cost, decision, problems, weights, intercept }, run.backend)
}

/** The classifier of its numbers. */
export function linearSvmFrom(
  numbers: Omit<LinearSvmClassifier, 'predict' | 'scores' | 'decisions'>,
  fittedOn: Parameters<typeof samplesFor>[3],
): LinearSvmClassifier {
  const { classes, problems, weights, intercept } = numbers
  const width = problems.length
  async function decisions(asked: Features, options?: PredictOptions): Promise<Decisions> {
    const { matrix, rows, run } = samplesFor(asked, weights.length / width, options, fittedOn)
    const data = await rowsTimes(run, matrix, rows, weights, width, (done) => run.step('samples', done, rows.length))
    for (let i = 0, p = 0; i < data.length; i++, p = (p + 1) % width) data[i] += intercept[p]
    return { data, shape: [rows.length, width] }
  }
  const scores: LinearSvmClassifier['scores'] = async (asked, options) => {
    const { data, shape } = await decisions(asked, options)
    return { data: scoresFrom(data, problems, classes), shape: [shape[0], classes] }
  }
  return savedAs('linearSvm', numbers, {
    ...numbers,
    decisions,
    scores,
    predict: async (asked, options) => largestScore(await scores(asked, options)),
  } satisfies LinearSvmClassifier)
}
