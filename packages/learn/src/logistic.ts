// Multinomial logistic regression with quadratic penalties, by Newton's method with conjugate gradients in the metric of a
// few principal components; its penalty chosen by validation if wanted.
import {
  type Backend,
  type Rules,
  aSeed,
  checkOptions,
  dtypeOf,
  notNegative,
  positive,
  wholeNumber,
} from '@scatterlab/tensor'
import { meanOfRows } from './chunks.ts'
import { type Scores, countErrors, largestScore, quietly } from './classifier.ts'
import {
  type Features,
  type Labels,
  type SubsetOptions,
  type TrainingSet,
  subsetRules,
  trainingSet,
} from './features.ts'
import { type LinearClassifier, linearClassifier, linearFrom } from './linear.ts'
import { logisticMetric } from './logistic-metric.ts'
import { type LogisticEvaluation, logisticObjective, softmaxLoss } from './logistic-objective.ts'
import { type ConvexFunction, type Minimum, newton } from './newton.ts'
import { type LinearSelection, type PenaltyResult, bestResult, somePenalties } from './penalties.ts'
import { type Run, type RunOptions, runRules, startRun } from './run.ts'
import { savedAs } from './saved-kinds.ts'
import { type HoldOutOptions, heldOut, holdOutRules } from './splits.ts'

const DECADES = [1e-2, 1e-3, 1e-4]
const TOLERANCE = 1e-3
const LOOSER = 100 // errors on held-out samples settle before the weights do

/** Options that `logistic` and `logisticSelect` share. */
export interface LogisticFitOptions extends RunOptions {
  /**
   * γ ≥ 0, the weight of the mean of ‖(x_i - μ)·W‖²/2, the squared scores: it holds the weights back where the features
   * vary much, as λ does where they vary little. Default 0.
   */
  readonly scorePenalty?: number
  /** Ends where F lies within this part of itself from its minimum, as the Newton decrement tells; default 1e-3. */
  readonly tolerance?: number
  /** At most so many steps of Newton's method; default 100. */
  readonly maxIterations?: number
  /**
   * Seed of the samples that the metric is taken from (and of the split); default 0. It changes the path, not the
   * optimum.
   */
  readonly seed?: number | string
}

const fitRules: Rules<LogisticFitOptions> = {
  ...runRules,
  scorePenalty: notNegative,
  tolerance: positive,
  maxIterations: wholeNumber(1),
  seed: aSeed,
}

/** Options of `logistic`. */
export interface LogisticOptions extends LogisticFitOptions, SubsetOptions {
  /** λ > 0, the weight of ‖W‖²/2 against the mean loss. */
  readonly penalty: number
}

/** A linear classifier with the state of the iteration that gave it. */
export interface LogisticClassifier extends LinearClassifier {
  /** Steps of Newton's method that were taken. */
  readonly iterations: number
  /** F at the end. */
  readonly objective: number
  /** Half the Newton decrement before the last step: F lay about so much above its minimum there. */
  readonly suboptimality: number
  /** Whether that is within the tolerance: false where `maxIterations` or the rounding of the features ended it before. */
  readonly converged: boolean
}

/**
 * The weights that minimise F(W, b) = (1/n) Σ_i (-log p_i + (γ/2)‖(x_i - μ)·W‖²) + (λ/2)‖W‖², p_i the softmax of x_i·W +
 * b at the class of sample i, μ the mean of the samples. Scores are x·W + b; the softmax of a row of them is the
 * probability of each class. Look at `converged`. Throws `DataError` for labels that do not fit, `ValueError` for options
 * out of range.
 */
export async function logistic(
  features: Features,
  labels: Labels,
  options: LogisticOptions,
): Promise<LogisticClassifier> {
  const rules = { ...fitRules, ...subsetRules, penalty: positive }
  const { penalty, tolerance = TOLERANCE, ...rest } = checkOptions('logistic', options, rules, ['penalty'])
  const set = trainingSet(features, labels, rest)
  const problem = await prepare(startRun(rest), set, rest)
  try {
    const start = new Float64Array(problem.length)
    return problem.classifier(await problem.minimise(penalty, start, tolerance, 'iterations'))
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
  /** The one of the chosen penalty, fitted to all samples. */
  readonly classifier: LogisticClassifier
}

/**
 * Chooses λ by a held-out part of the training samples (least mean loss among the fewest errors, but for one standard
 * deviation), each λ from the optimum of the one before, to a hundred times the tolerance; then fits to all of them. Throws
 * as `logistic` and `holdOut` do.
 */
export async function logisticSelect(
  features: Features,
  labels: Labels,
  options?: LogisticSelectOptions,
): Promise<LogisticSelection> {
  const rules = { ...fitRules, ...holdOutRules, penalties: somePenalties }
  const checked = checkOptions('logisticSelect', options, rules)
  const set = trainingSet(features, labels, checked)
  const run = startRun(checked)
  const { training, validation } = heldOut(set.labels, set.rows, checked)
  const { tolerance = TOLERANCE } = checked
  const results: PenaltyResult[] = []
  const optima = new Map<number, Float64Array>()
  const part = await prepare(run, { ...set, rows: training }, checked)
  try {
    const { penalties = DECADES.map((decade) => (decade * (part.variance || 1)) / training.length) } = checked
    let point: Float64Array = new Float64Array(part.length)
    for (const penalty of penalties.toSorted((a, b) => b - a)) {
      const minimum = await part.minimise(penalty, point, LOOSER * tolerance, `penalty ${penalty.toPrecision(2)}`)
      point = minimum.point
      optima.set(penalty, point)
      const scores = await part.classifier(minimum).scores(set.matrix, quietly(checked, validation))
      const errors = countErrors(largestScore(scores), set.labels, validation)
      results.push({ penalty, errors, loss: meanLoss(scores, set.labels, validation) })
    }
  } finally {
    part.release()
  }
  const { penalty } = bestResult(results)
  const whole = await prepare(run, set, checked)
  try {
    const start = optima.get(penalty) ?? new Float64Array(whole.length)
    const classifier = whole.classifier(await whole.minimise(penalty, start, tolerance, 'all samples'))
    return { classifier, penalty, validation: { results, count: validation.length } }
  } finally {
    whole.release()
  }
}

/** What one set of samples needs for every penalty. They are centred, so that the intercept does not fight the weights. */
async function prepare(
  run: Run,
  set: TrainingSet,
  { maxIterations = 100, scorePenalty = 0, seed = 0 }: LogisticFitOptions,
) {
  const { matrix, rows, classes } = set
  const mean = meanOfRows(matrix, rows)
  const metric = await logisticMetric(run, set, seed)
  const objective = logisticObjective(run, set, mean)
  return {
    length: (matrix.shape[1] + 1) * classes,
    /** Mean squared distance of the samples from their mean, as estimated from a subset. */
    variance: metric.variance,

    release() {
      metric.release()
      objective.release()
    },

    minimise(penalty: number, start: Float64Array, tolerance: number, stage: string): Promise<Minimum> {
      const penalties = { penalty, scorePenalty }
      const convex: ConvexFunction<LogisticEvaluation> = {
        evaluate: (point) => objective.evaluate(point, penalties),
        hessianTimes: ({ probabilities }, v) => objective.hessianTimes(probabilities, v, penalties),
        precondition: ({ curvature }, v) => metric.invert(v, curvature, penalty),
      }
      return newton(convex, start, {
        tolerance,
        maxIterations,
        rounding: dtypeOf(matrix.data) === 'float32' ? 1e-6 : 1e-14,
        onIteration: (iteration) => run.step(stage, iteration, maxIterations),
      })
    },

    classifier({ point, value, iterations, suboptimality, converged }: Minimum): LogisticClassifier {
      const fitted = linearClassifier(point.slice(0, -classes), point.slice(-classes), mean, run.backend)
      const { weights, intercept } = fitted
      return logisticFrom({ weights, intercept, iterations, objective: value, suboptimality, converged }, run.backend)
    },
  }
}

/** The classifier of its numbers. */
export function logisticFrom(
  numbers: Omit<LogisticClassifier, 'classes' | 'predict' | 'scores'>,
  fittedOn: Backend,
): LogisticClassifier {
  return savedAs('logistic', numbers, { ...linearFrom(numbers, fittedOn), ...numbers })
}

function meanLoss({ data, shape: [samples, classes] }: Scores, labels: Int32Array, rows: Int32Array): number {
  const p = new Float64Array(classes)
  let sum = 0
  for (let i = 0; i < samples; i++)
    sum += softmaxLoss(data.subarray(i * classes, (i + 1) * classes), labels[rows[i]], p)
  return sum / samples
}
