// Support vector machines with a kernel: C-SVC by sequential minimal optimisation, several classes as problems of two.
import {
  type Backend,
  type RealArray,
  type Rules,
  type ShapedArray,
  checkOptions,
  dtypeOf,
  oneOf,
  positive,
  realArray,
  wholeNumber,
} from '@scatterlab/tensor'
import { gatherRows } from './chunks.ts'
import { type Classifier, type PredictOptions, largestScore, samplesFor } from './classifier.ts'
import {
  type FeatureMatrix,
  type Features,
  type Labels,
  type SubsetOptions,
  type TrainingSet,
  subsetRules,
  trainingSet,
} from './features.ts'
import { type Kernel, type KernelOptions, kernelOf, kernelRules, originOf } from './kernel.ts'
import { type KernelRows, kernelRows } from './kernel-rows.ts'
import { type Run, type RunOptions, runRules, startRun } from './run.ts'
import { expand } from './kernel-expansion.ts'
import { savedAs } from './saved-kinds.ts'
import { type DualSolution, solveDual } from './svm-dual.ts'
import { type Decision, type TwoClasses, problemSamples, problemsOf, scoresFrom } from './two-class-problems.ts'

/** How well one problem of two classes was solved. */
export interface SvmProblem extends TwoClasses {
  /** Its support vectors, and those of them whose α is C. */
  readonly supportVectors: number
  /** How many of its support vectors have α = C: they lie inside the margin, or on the wrong side. */
  readonly bounded: number
  /** The dual objective Σα − ½Σ_ij α_i α_j y_i y_j k(x_i, x_j). */
  readonly objective: number
  /** The primal objective less the dual one: neither is further from the optimum. */
  readonly gap: number
  /** Steps of the solver; of `linearSvm` passes over the samples. */
  readonly iterations: number
  /** False where `maxIterations`, or rounding, ended it before its tolerance. */
  readonly converged: boolean
}

/** A value for every sample and problem: row-major, [samples, problems]. */
export type Decisions = ShapedArray<Float64Array, readonly [samples: number, problems: number]>

/** A support vector machine. */
export interface SvmClassifier extends Classifier {
  /** With its numbers settled; `scale` was measured on the training samples. */
  readonly kernel: Kernel
  /** C. */
  readonly cost: number
  /** How several classes became problems of two. */
  readonly decision: Decision
  /** How well each problem was solved, in the order of the columns of `coefficients`. */
  readonly problems: readonly SvmProblem[]
  /** The samples that matter, [support vectors, features], in the order of their rows, and which rows they were. */
  readonly supportVectors: FeatureMatrix
  /** The row of each support vector in the training features. */
  readonly supportRows: Int32Array
  /** y_iα_i of each support vector in each problem, [support vectors, problems]. */
  readonly coefficients: Float64Array
  /** b of each problem. */
  readonly intercept: Float64Array
  /** f(x) = Σ_i y_iα_i k(x_i, x) + b for every problem: above 0 for its positive class. */
  decisions(features: Features, options?: PredictOptions): Promise<Decisions>
}

/** How the problems are solved. */
export interface SvmFitOptions extends RunOptions, SubsetOptions, KernelOptions {
  /** Several classes as pairs, as LIBSVM does, or each against the rest; default `oneVsOne`. */
  readonly decision?: Decision
  /** The violation of the optimality conditions that may remain, LIBSVM's ε; default 1e-3. */
  readonly tolerance?: number
  /** Steps for each problem; default 10 million, or 100 a sample if that is more. */
  readonly maxIterations?: number
  /** Megabytes of kernel rows that are kept; default 1,000. */
  readonly cacheSize?: number
}

/** Options of `svm`. */
export interface SvmOptions extends SvmFitOptions {
  /** C > 0, the price of a violated margin; default 1. */
  readonly cost?: number
}

/** What `SvmFitOptions` may be. */
export const svmFitRules: Rules<SvmFitOptions> = {
  ...runRules,
  ...subsetRules,
  ...kernelRules,
  decision: oneOf('oneVsOne', 'oneVsRest'),
  tolerance: positive,
  maxIterations: wholeNumber(1),
  cacheSize: positive,
}

/**
 * The support vector machine of the largest soft margin: for every two classes least ½‖w‖² + C Σ max(0, 1 − y_i f(x_i)). Solved in
 * the dual by working sets of 512 samples (Platt 1999; Fan, Chen and Lin 2005), with shrinking and a cache of kernel rows that are
 * computed as matrix products. The classes get their votes, or each its own value against the rest. The result is the same whenever
 * the data are. Throws `DataError` for labels that do not fit and classes without samples, `ValueError` for options.
 */
export async function svm(features: Features, labels: Labels, options?: SvmOptions): Promise<SvmClassifier> {
  const checked = checkOptions('svm', options, { ...svmFitRules, cost: positive })
  const training = trainingSet(features, labels, checked)
  const run = startRun(checked)
  const { cost = 1 } = checked
  const kernel = kernelOf(checked, training.matrix, training.rows)
  const [fitted] = await fitPath(run, training, kernel, [cost], checked)
  return svmClassifier(run, training, kernel, fitted, checked.decision)
}

/** The solutions of all problems at one C; β by the rows of the training set that take part. */
export interface SvmFit {
  readonly cost: number
  readonly solutions: readonly { readonly rows: Int32Array; readonly solution: DualSolution }[]
}

/** Fits for ascending C, each from the optimum of the one before, the first from `start`: every problem in turn. */
export async function fitPath(
  run: Run,
  { matrix, labels, rows, classes }: TrainingSet,
  kernel: Kernel,
  costs: readonly number[],
  { decision = 'oneVsOne', tolerance = 1e-3, maxIterations, cacheSize = 1000 }: SvmFitOptions,
  start?: SvmFit,
): Promise<SvmFit[]> {
  const problems = problemsOf(classes, decision)
  const origin = originOf(kernel, matrix, rows)
  const fits = costs.map((cost) => ({ cost, solutions: [] as SvmFit['solutions'][number][] }))
  let shared: KernelRows | null = null
  try {
    for (const [p, problem] of problems.entries()) {
      await run.step('problems', p, problems.length)
      const { rows: own, y } = problemSamples(labels, rows, problem)
      // the samples of the problem before, if they are the same ones
      const isShared = problem.negative === null
      const lines: KernelRows =
        (isShared ? shared : null) ?? kernelRows(run, kernel, matrix, own, origin, cacheSize * 1e6)
      if (isShared) shared = lines
      try {
        let beta = start && startingPoint(start, p, own, costs[0])
        let before = costs[0]
        for (const [c, cost] of costs.entries()) {
          const solution = await solveDual(run, lines, y, {
            cost,
            tolerance,
            maxIterations: maxIterations ?? Math.max(1e7, 100 * own.length),
            ...(beta && { start: beta.map((value) => value * (cost / before)) }),
          })
          fits[c].solutions.push({ rows: own, solution })
          beta = solution.beta
          before = cost
        }
      } finally {
        if (!isShared) lines.release()
      }
    }
  } finally {
    shared?.release()
  }
  await run.step('problems', problems.length, problems.length)
  return fits
}

/** β of another fit for these rows, scaled to another C; rows that it did not see get 0. */
function startingPoint(start: SvmFit, p: number, rows: Int32Array, cost: number): Float64Array {
  const { rows: seen, solution } = start.solutions[p]
  const at = new Map(Array.from(seen, (row, i) => [row, solution.beta[i]]))
  return Float64Array.from(rows, (row) => (at.get(row) ?? 0) * (cost / start.cost))
}

/** The classifier of the solutions. */
export function svmClassifier(
  run: Run,
  { matrix, rows, classes }: TrainingSet,
  kernel: Kernel,
  { cost, solutions }: SvmFit,
  decision: Decision = 'oneVsOne',
): SvmClassifier {
  const columns = matrix.shape[1]
  const kinds = problemsOf(classes, decision)
  const supports = solutions.map(({ rows: own, solution }) => own.filter((_, i) => solution.beta[i] !== 0))
  const supportRows = Int32Array.from(new Set(supports.flatMap((list) => [...list]))).sort()
  const position = new Map(Array.from(supportRows, (row, at) => [row, at]))
  const coefficients = new Float64Array(supportRows.length * kinds.length)
  solutions.forEach(({ rows: own, solution }, p) => {
    own.forEach((row, i) => {
      const value = solution.beta[i]
      if (value !== 0) coefficients[position.get(row)! * kinds.length + p] += value
    })
  })
  const supportVectors = realArray(dtypeOf(matrix.data), supportRows.length * columns)
  gatherRows(matrix, supportRows, null, supportVectors)
  const origin = originOf(kernel, matrix, rows)
  const shift = kernel.name === 'linear' ? shiftOf(supportVectors, coefficients, origin) : null
  const problems = solutions.map(({ solution }, p): SvmProblem => {
    const { objective, gap, iterations, converged, beta } = solution
    const bounded = beta.filter((value) => Math.abs(value) === cost).length
    return { ...kinds[p], supportVectors: supports[p].length, bounded, objective, gap, iterations, converged }
  })
  return svmFrom(
    {
      classes,
      kernel,
      cost,
      decision,
      problems,
      supportVectors: { data: supportVectors, shape: [supportRows.length, columns] },
      supportRows,
      coefficients,
      intercept: Float64Array.from(solutions, ({ solution }, p) => solution.intercept - (shift?.[p] ?? 0)),
      origin,
    },
    run.backend,
  )
}

/** Σ_i y_iα_i x_i·o of each problem: what products of samples as they are have more than those from the origin o, as Σ_i y_iα_i = 0. */
function shiftOf(vectors: RealArray, coefficients: Float64Array, origin: Float64Array | null): Float64Array | null {
  if (origin === null) return null
  const columns = origin.length
  const count = vectors.length / columns
  const width = coefficients.length / count
  const shift = new Float64Array(width)
  for (let i = 0; i < count; i++) {
    let product = 0
    for (let j = 0; j < columns; j++) product += vectors[i * columns + j] * origin[j]
    for (let p = 0; p < width; p++) shift[p] += coefficients[i * width + p] * product
  }
  return shift
}

/** All numbers of a support vector machine. */
export interface SvmNumbers extends Omit<SvmClassifier, 'predict' | 'scores' | 'decisions'> {
  /** From where samples are measured before the kernel. */
  readonly origin: Float64Array | null
}

/** The classifier of its numbers. */
export function svmFrom(numbers: SvmNumbers, fittedOn: Backend): SvmClassifier {
  const { classes, kernel, problems, supportVectors, coefficients, intercept, origin } = numbers
  const [count, columns] = supportVectors.shape
  const width = problems.length
  const shift = kernel.name === 'linear' ? shiftOf(supportVectors.data, coefficients, origin) : null
  const centred = intercept.map((value, p) => value + (shift?.[p] ?? 0))

  async function decisions(features: Features, options?: PredictOptions): Promise<Decisions> {
    const { matrix, rows, run } = samplesFor(features, columns, options, fittedOn)
    const data = new Float64Array(rows.length * width)
    if (count === 0) return { data: data.map((_, i) => centred[i % width]), shape: [rows.length, width] }
    const expansion = { kernel, samples: supportVectors, weights: coefficients, outputs: width, origin }
    await expand(run, expansion, matrix, rows, data)
    for (let i = 0, p = 0; i < data.length; i++, p = (p + 1) % width) data[i] += centred[p]
    return { data, shape: [rows.length, width] }
  }

  const scores: SvmClassifier['scores'] = async (features, options) => {
    const { data, shape } = await decisions(features, options)
    return { data: scoresFrom(data, problems, classes), shape: [shape[0], classes] }
  }
  const { origin: _, ...shown } = numbers
  return savedAs('svm', numbers, {
    ...shown,
    decisions,
    scores,
    predict: async (features, options) => largestScore(await scores(features, options)),
  } satisfies SvmClassifier)
}
