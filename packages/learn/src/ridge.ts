// Ridge regression to the classes: least squares with a quadratic penalty, its weight chosen by validation if wanted.
import { checkOptions, positive } from '@scatterlab/tensor'
import { countErrors, largestScore, quietly } from './classifier.ts'
import { type Features, type Labels, type SubsetOptions, subsetRules, trainingSet } from './features.ts'
import type { LinearClassifier } from './linear.ts'
import { normalEquations, targetsOf } from './normal-equations.ts'
import { LARGE, largeRidge } from './large-ridge.ts'
import { type LinearSelection, type PenaltyResult, bestResult, somePenalties } from './penalties.ts'
import { regularisedSystem } from './regularised-system.ts'
import { type RunOptions, runRules, startRun } from './run.ts'
import { type HoldOutOptions, heldOut, holdOutRules } from './splits.ts'

const DECADES = [1e-1, 1e-2, 1e-3]

/** Options of `ridge`. */
export interface RidgeOptions extends RunOptions, SubsetOptions {
  /** λ > 0, the weight of ‖W‖². */
  readonly penalty: number
  /**
   * Bound on the residual of the normal equations, relative to their right-hand side; default 1e-8, and 1e-4 where samples and
   * features are both more than 8,192.
   */
  readonly tolerance?: number
}

/**
 * The weights that minimise Σ_i ‖x_i·W + b - y_i‖² + λ‖W‖², y_i being 1 at the class of sample i and -1 elsewhere; b is
 * not penalised. Solved from the d×d normal equations, or the n×n dual ones where n ≤ d, to the stated residual. Where both are more
 * than 8,192 the equations take m²/2 numbers of the features' element type, m the lesser (2 GB for 32,000 in single precision). Throws
 * `DataError` for labels that do not fit and classes without samples, `ValueError` for a penalty that is not positive.
 */
export async function ridge(features: Features, labels: Labels, options: RidgeOptions): Promise<LinearClassifier> {
  const rules = { ...runRules, ...subsetRules, penalty: positive, tolerance: positive }
  const { penalty, tolerance = 1e-8, ...rest } = checkOptions('ridge', options, rules, ['penalty'])
  const training = trainingSet(features, labels, rest)
  const { matrix, labels: own, rows, classes } = training
  const run = startRun(rest)
  if (Math.min(rows.length, matrix.shape[1]) > LARGE) {
    return largeRidge(run, training, penalty, options.tolerance ?? 1e-4)
  }
  const equations = await normalEquations(run, matrix, [rows], targetsOf(own, classes), classes)
  const system = regularisedSystem(run, equations.matrices[0], equations.sizes[0])
  try {
    const solution = await system.solve(penalty, equations.rights[0], classes, tolerance)
    return equations.classifier(0, solution)
  } finally {
    system.release()
  }
}

/** Options of `ridgeSelect`. */
export interface RidgeSelectOptions extends RunOptions, HoldOutOptions {
  /** The λ to choose from; default the decades from 1e-1 to 1e-3 times the mean of ‖x_i - μ‖². */
  readonly penalties?: readonly number[]
  /** As in `ridge`. */
  readonly tolerance?: number
}

/**
 * Chooses λ by a held-out part of the training samples (least squared loss among the fewest errors, but for one
 * standard deviation), then fits to all of them: the products between features are summed once. Throws as `ridge` and
 * `holdOut` do.
 */
export async function ridgeSelect(
  features: Features,
  labels: Labels,
  options?: RidgeSelectOptions,
): Promise<LinearSelection> {
  const rules = { ...runRules, ...holdOutRules, penalties: somePenalties, tolerance: positive }
  const checked = checkOptions('ridgeSelect', options, rules)
  const { matrix, labels: own, rows, classes } = trainingSet(features, labels, checked)
  const run = startRun(checked)
  const { training, validation } = heldOut(own, rows, checked)
  const targets = targetsOf(own, classes)
  const equations = await normalEquations(run, matrix, [training, validation], targets, classes)
  const { tolerance = 1e-8, penalties = DECADES.map((decade) => decade * (equations.variance || 1)) } = checked
  const system = regularisedSystem(run, equations.matrices[0], equations.sizes[0])
  try {
    const results: PenaltyResult[] = []
    for (const [done, penalty] of factorOrder(penalties).entries()) {
      await run.step('penalties', done, penalties.length + 1)
      // labels and losses of the held-out samples do not move below this residual
      const solution = await system.solve(penalty, equations.rights[0], classes, Math.max(tolerance, 1e-4))
      const scores = await equations
        .classifier(0, solution)
        .then((fitted) => fitted.scores(matrix, quietly(checked, validation)))
      results.push({
        penalty,
        errors: countErrors(largestScore(scores), own, validation),
        loss: squaredLoss(scores.data, targets, validation, classes),
      })
    }
    results.sort((a, b) => b.penalty - a.penalty)
    const { penalty } = bestResult(results)
    await run.step('penalties', penalties.length, penalties.length + 1)
    system.replace(equations.matrices[1], equations.sizes[1])
    const solution = await system.solve(penalty, equations.rights[1], classes, tolerance)
    const classifier = await equations.classifier(1, solution)
    await run.step('penalties', penalties.length + 1, penalties.length + 1)
    return { classifier, penalty, validation: { results, count: validation.length } }
  } finally {
    system.release()
  }
}

/** The middle one of each three neighbours first: its factor serves the other two. */
function factorOrder(penalties: readonly number[]): number[] {
  const sorted = penalties.toSorted((a, b) => b - a)
  const triples = Array.from({ length: Math.ceil(sorted.length / 3) }, (_, t) => sorted.slice(3 * t, 3 * t + 3))
  return triples.flatMap(([first, ...rest]) => (rest.length > 0 ? [rest[0], first, ...rest.slice(1)] : [first]))
}

function squaredLoss(scores: Float64Array, targets: Float64Array, rows: Int32Array, classes: number): number {
  let sum = 0
  rows.forEach((row, i) => {
    for (let k = 0; k < classes; k++) sum += (scores[i * classes + k] - targets[row * classes + k]) ** 2
  })
  return sum / rows.length
}
