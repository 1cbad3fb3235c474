// Multinomial logistic regression with a quadratic penalty, by L-BFGS in the metric of a few principal components; its
// penalty chosen by validation if wanted.
import { ValueError, dtypeOf } from '@scatterlab/tensor'
import { meanOfRows } from './chunks.ts'
import { countErrors, largestScore, type Scores } from './classifier.ts'
import { type Features, type Labels, type SubsetOptions, type TrainingSet, trainingSet } from './features.ts'
import { type Minimum, lbfgs } from './lbfgs.ts'
import { type LinearClassifier, linearClassifier } from './linear.ts'
import {
  type LinearSelection,
  type PenaltyResult,
  bestResult,
  checkPenalties,
  checkPenalty,
  quietly,
} from './penalties.ts'
import { logisticMetric } from './logistic-metric.ts'
import { logisticObjective, softmaxLoss } from './logistic-objective.ts'
import { type Run, type RunOptions, startRun } from './run.ts'
import { type HoldOutOptions, holdOut } from './splits.ts'

const DECADES = [1e-2, 1e-3, 1e-4]
const TOLERANCE = 3e-4
const LOOSER = 3 // errors on held-out samples settle before the weights do

/** Options that `logistic` and `logisticSelect` share. */
export interface LogisticFitOptions extends RunOptions {
  /** Ends where the gradient is this much smaller than at zero weights; default 3e-4. */
  readonly tolerance?: number
  /** Default 500. */
  readonly maxIterations?: number
  /**
   * Seed of the samples that the metric is taken from (and of the split); default 0. It changes the path, not the
   * optimum.
   */
  readonly seed?: number | string
}

/** Options of `logistic`. */
export interface LogisticOptions extends LogisticFitOptions, SubsetOptions {
  /** λ > 0, the weight of ‖W‖²/2 against the mean loss. */
  readonly penalty: number
}

/** A linear classifier with the state of the iteration that gave it. */
export interface LogisticClassifier extends LinearClassifier {
  readonly iterations: number
  /** ‖∇F‖ at the end, over that at zero weights. */
  readonly gradientRatio: number
  /** F at the end. */
  readonly objective: number
}

/**
 * The weights that minimise F(W, b) = -(1/n) Σ_i log p_i + (λ/2)‖W‖², p_i the softmax of x_i·W + b at the class of
 * sample i. Scores are x·W + b; the softmax of a row of them is the probability of each class. Converges fastest on
 * standardised features. Throws `DataError` for labels that do not fit, `ValueError` for a penalty that is not
 * positive, `ConvergenceError` where `maxIterations` do not reach the tolerance.
 */
export async function logistic(
  features: Features,
  labels: Labels,
  options: LogisticOptions,
): Promise<LogisticClassifier> {
  const set = trainingSet(features, labels, options)
  const run = startRun(options)
  const penalty = checkPenalty(options.penalty, 'penalty')
  const problem = await prepare(run, set, options)
  try {
    const start = new Float64Array(problem.length)
    return problem.classifier(
      await problem.minimise(penalty, start, options.tolerance ?? TOLERANCE, options, 'iterations'),
    )
  } finally {
    problem.release()
  }
}

/** Options of `logisticSelect`. */
export interface LogisticSelectOptions extends LogisticFitOptions, HoldOutOptions {
  /** The λ to choose from; default the decades from 1e-2 to 1e-4 times the mean of ‖x_i - μ‖², over n. */
  readonly penalties?: readonly number[]
}

/** As `LinearSelection`, with the classifier's own iterations. */
export interface LogisticSelection extends LinearSelection {
  readonly classifier: LogisticClassifier
}

/**
 * Chooses λ by a held-out part of the training samples (least mean loss among the fewest errors, but for one standard
 * deviation), each λ from the optimum of the one before, to three times the tolerance; then fits to all of them. Throws
 * as `logistic` and `holdOut` do.
 */
export async function logisticSelect(
  features: Features,
  labels: Labels,
  options: LogisticSelectOptions = {},
): Promise<LogisticSelection> {
  const set = trainingSet(features, labels, options)
  const run = startRun(options)
  const { training, validation } = holdOut(set.labels, { ...options, rows: set.rows })
  const { tolerance = TOLERANCE } = options
  const results: PenaltyResult[] = []
  const optima = new Map<number, Float64Array>()
  const part = await prepare(run, { ...set, rows: training }, options)
  try {
    const penalties = checkPenalties(
      options.penalties ?? DECADES.map((decade) => (decade * part.variance) / training.length),
    )
    let point: Float64Array = new Float64Array(part.length)
    for (const penalty of penalties.toSorted((a, b) => b - a)) {
      const minimum = await part.minimise(
        penalty,
        point,
        LOOSER * tolerance,
        options,
        `penalty ${penalty.toPrecision(2)}`,
      )
      point = minimum.point
      optima.set(penalty, point)
      const scores = await part.classifier(minimum).scores(set.matrix, quietly(options, validation))
      const errors = countErrors(largestScore(scores), set.labels, validation)
      results.push({ penalty, errors, loss: meanLoss(scores, set.labels, validation) })
    }
  } finally {
    part.release()
  }
  const { penalty } = bestResult(results)
  const whole = await prepare(run, set, options)
  try {
    const start = optima.get(penalty) ?? new Float64Array(whole.length)
    const classifier = whole.classifier(await whole.minimise(penalty, start, tolerance, options, 'all samples'))
    return { classifier, penalty, validation: { results, count: validation.length } }
  } finally {
    whole.release()
  }
}

/** F over one set of samples, centred on their mean so that the intercept does not fight the weights. */
interface Problem {
  readonly length: number
  /** Mean squared distance of the samples from their mean, as estimated from a subset. */
  readonly variance: number
  minimise(
    penalty: number,
    start: Float64Array,
    tolerance: number,
    options: LogisticFitOptions,
    stage: string,
  ): Promise<Minimum & { readonly gradientRatio: number }>
  classifier(minimum: Minimum & { readonly gradientRatio: number }): LogisticClassifier
  release(): void
}

async function prepare(run: Run, set: TrainingSet, options: LogisticFitOptions): Promise<Problem> {
  const { matrix, rows, classes } = set
  const columns = matrix.shape[1]
  const mean = meanOfRows(matrix, rows)
  const length = (columns + 1) * classes
  const metric = await logisticMetric(run, set, options.seed ?? 0)
  const atZero = await logisticObjective(run, set, mean, 0, new Float64Array(length))
  const steepest = norm(atZero.gradient)
  return {
    length,
    variance: metric.variance,
    release: () => metric.release(),
    async minimise(penalty, start, tolerance, { maxIterations = 500 }, stage) {
      if (!(tolerance > 0)) throw new ValueError(`tolerance ${tolerance}: give a positive number such as 1e-4`)
      const minimum = await lbfgs((point) => logisticObjective(run, set, mean, penalty, point), start, {
        gradientNorm: tolerance * steepest,
        maxIterations,
        rounding: dtypeOf(matrix.data) === 'float32' ? 1e-6 : 1e-14,
        precondition: (gradient) => metric.invert(gradient, penalty),
        onIteration: (iteration) => run.step(stage, iteration, maxIterations),
      })
      return { ...minimum, gradientRatio: steepest > 0 ? norm(minimum.gradient) / steepest : 0 }
    },
    classifier({ point, iterations, gradientRatio, value }) {
      const weights = point.slice(0, columns * classes)
      const intercept = point.slice(columns * classes)
      for (let j = 0; j < columns; j++)
        for (let k = 0; k < classes; k++) intercept[k] -= mean[j] * weights[j * classes + k]
      return { ...linearClassifier(weights, intercept, run.backend), iterations, gradientRatio, objective: value }
    },
  }
}

function norm(x: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i]
  return Math.sqrt(sum)
}

function meanLoss({ data, shape: [samples, classes] }: Scores, labels: Int32Array, rows: Int32Array): number {
  let sum = 0
  for (let i = 0; i < samples; i++) sum += softmaxLoss(data.slice(i * classes, (i + 1) * classes), labels[rows[i]])
  return sum / samples
}
