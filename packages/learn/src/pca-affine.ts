// The affine-space classifier: each class is the affine space through its mean along its leading principal components,
// and a sample belongs to the nearest space. The dimension is chosen by `pcaAffineSelect`.
import {
  type Backend,
  type RealArray,
  ValueError,
  checkOptions,
  dtypeOf,
  matmul,
  realArray,
  wholeNumber,
} from '@scatterlab/tensor'
import { chunksOf, compute, upload } from './chunks.ts'
import { type Classifier, type PredictOptions, type Scores, largestScore, quietly, samplesFor } from './classifier.ts'
import { type EigenOptions, eigenRules } from './eigenpairs.ts'
import {
  type Features,
  type FeatureMatrix,
  type Labels,
  type SubsetOptions,
  type TrainingSet,
  checkLabelCount,
  checkLabels,
  groupByClass,
  subsetRules,
  trainingSet,
} from './features.ts'
import { type PrincipalComponents, nestedComponents } from './principal-components.ts'
import { type HoldOutOptions, heldOut, holdOutRules, kFold } from './splits.ts'
import { type Run, startRun } from './run.ts'
import { savedAs } from './saved-kinds.ts'

/**
 * The classifier k(x) = argmin_k ‖P_{V_k^⊥}(x - μ_k)‖², V_k the `dimension` leading principal components of class k.
 */
export interface PcaAffine extends Classifier {
  /** d, the most axes that a class has. */
  readonly dimension: number
  /** Mean and axes of each class; a class that spans fewer than `dimension` dimensions has as many axes as it spans. */
  readonly spaces: readonly PrincipalComponents[]
  /** Scores are the negative squared distances -‖P_{V_k^⊥}(x - μ_k)‖². */
  scores(features: Features, options?: PredictOptions): Promise<Scores>
  /** What every dimension from 0 to `dimension` does on labelled samples, in one pass. */
  byDimension(features: Features, labels: Labels, options?: PredictOptions): Promise<DimensionCurve>
}

/** How the classifier does on labelled samples, by the dimension 0, 1, … of its affine spaces. */
export interface DimensionCurve {
  /** Samples of another class than predicted, for each dimension. */
  readonly errors: Int32Array
  /** Number of samples. */
  readonly count: number
  /**
   * Σ min_{l≠k} ‖P_{V_l^⊥}(x - μ_l)‖² / Σ ‖P_{V_k^⊥}(x - μ_k)‖² over samples x of class k: λ_d² of Bruna and Mallat.
   */
  readonly separation: Float64Array
}

/** Options of `pcaAffine`. */
export interface PcaAffineOptions extends EigenOptions, SubsetOptions {
  /** d, the dimension of the affine spaces; 0 is the classifier by the nearest mean. */
  readonly dimension: number
}

/**
 * Fits the affine-space classifier (Bruna and Mallat 2013, section 5.1) to features [n, d]: one class at a time in
 * memory, from its covariance or, where it has fewer samples than features, from the products between its samples.
 * Throws `DataError` for labels that do not fit and classes without samples, `ValueError` for a dimension outside 0 …
 * d.
 */
export async function pcaAffine(features: Features, labels: Labels, options: PcaAffineOptions): Promise<PcaAffine> {
  const rules = { ...eigenRules, ...subsetRules, dimension: wholeNumber(0) }
  const checked = checkOptions('pcaAffine', options, rules, ['dimension'])
  const { matrix, labels: own, rows, classes } = trainingSet(features, labels, checked)
  const dimension = checkDimension(checked.dimension, matrix, 'dimension')
  const run = startRun(checked)
  const groups = groupByClass(own, rows).map((group) => [group])
  const spaces = await spacesOf(run, matrix, groups, dimension, checked)
  return affineSpaces(
    spaces.map(([space]) => space),
    dimension,
    classes,
    run.backend,
  )
}

/** Options of `pcaAffineSelect`. */
export interface PcaAffineSelectOptions extends EigenOptions, HoldOutOptions {
  /** The largest dimension that is tried; default 150. */
  readonly maxDimension?: number
  /** Validates on so many parts in turn instead of one: dearer, but surer where samples are few. Not together with `fraction`. */
  readonly folds?: number
}

/** A classifier with the dimension that validation chose, fitted to all samples. */
export interface PcaAffineSelection {
  /** Of the chosen dimension, fitted to all samples. */
  readonly classifier: PcaAffine
  /** The one that was chosen, 0 to `maxDimension`. */
  readonly dimension: number
  /** On the held-out samples, of the spaces fitted without them; of all parts together with `folds`. */
  readonly validation: DimensionCurve
}

/**
 * Chooses the dimension by the errors on a held-out part of the training samples, then fits to all of them: one pass
 * over each class gives the spaces without and with its held-out samples, and one pass over these the errors of all
 * dimensions. Of equal errors the dimension of the largest separation is taken; none is larger than the dimensions that
 * the smallest class spans. With `folds` all samples are held out in turn. Throws as `pcaAffine` and `holdOut` do.
 */
export async function pcaAffineSelect(
  features: Features,
  labels: Labels,
  options?: PcaAffineSelectOptions,
): Promise<PcaAffineSelection> {
  const rules = { ...eigenRules, ...holdOutRules, maxDimension: wholeNumber(0), folds: wholeNumber(2) }
  const checked = checkOptions('pcaAffineSelect', options, rules)
  const training = trainingSet(features, labels, checked)
  const { matrix, labels: own, rows, classes } = training
  const most = checkDimension(checked.maxDimension ?? Math.min(150, matrix.shape[1]), matrix, 'maxDimension')
  if (checked.folds !== undefined) return selectByFolds(training, most, checked.folds, checked)
  const split = heldOut(own, rows, checked)
  const run = startRun(checked)
  const validation = groupByClass(own, split.validation)
  const groups = groupByClass(own, split.training).map((training, k) => [training, validation[k]])
  const spaces = await spacesOf(run, matrix, groups, most, checked)
  const shared = spaces.reduce((least, [{ variances }]) => Math.min(least, variances.length), most)
  /** Those of the training rows (0), or of all (1), cut to a dimension. */
  const cut = (which: 0 | 1, dimension: number): PcaAffine =>
    affineSpaces(
      spaces.map((pair) => truncated(pair[which], dimension)),
      dimension,
      classes,
      run.backend,
    )
  const curve = await cut(0, shared).byDimension(matrix, own, quietly(checked, split.validation))
  const dimension = bestOf(curve)
  return { classifier: cut(1, dimension), dimension, validation: curve }
}

/** Chooses the dimension by the errors on all parts of a cross-validation together, then fits to all samples. */
async function selectByFolds(
  { matrix, labels, rows, classes }: TrainingSet,
  most: number,
  folds: number,
  options: PcaAffineSelectOptions,
): Promise<PcaAffineSelection> {
  if (options.fraction !== undefined) throw new ValueError('pcaAffineSelect: give `folds` or `fraction`, not both')
  const run = startRun(options)
  const fit = async (some: Int32Array, dimension: number): Promise<PcaAffine> => {
    const groups = groupByClass(labels, some).map((group) => [group])
    const spaces = (await spacesOf(run, matrix, groups, dimension, options)).map(([space]) => space)
    const shared = spaces.reduce((least, { variances }) => Math.min(least, variances.length), dimension)
    const cut = spaces.map((space) => truncated(space, shared))
    return affineSpaces(cut, shared, classes, run.backend)
  }
  const curves: DimensionCurve[] = []
  for (const { training, validation } of kFold(labels, { folds, rows, seed: options.seed ?? 0 })) {
    const part = await fit(training, most)
    curves.push(await part.byDimension(matrix, labels, quietly(options, validation)))
  }
  const shared = Math.min(...curves.map(({ errors }) => errors.length))
  const mean = (d: number): number => curves.reduce((sum, { separation }) => sum + separation[d] / folds, 0)
  const curve: DimensionCurve = {
    errors: Int32Array.from({ length: shared }, (_, d) => curves.reduce((sum, { errors }) => sum + errors[d], 0)),
    count: curves.reduce((sum, { count }) => sum + count, 0),
    separation: Float64Array.from({ length: shared }, (_, d) => mean(d)),
  }
  const dimension = bestOf(curve)
  return { classifier: await fit(rows, dimension), dimension, validation: curve }
}

/** The principal components of each class, of its first group of rows and of that with the next. */
async function spacesOf(
  run: Run,
  matrix: FeatureMatrix,
  groups: readonly (readonly Int32Array[])[],
  most: number,
  options: EigenOptions,
): Promise<PrincipalComponents[][]> {
  const sizes = groups.map((own) => own.reduce((sum, { length }) => sum + length, 0))
  const total = sizes.reduce((a, b) => a + b)
  const spaces: PrincipalComponents[][] = []
  let done = 0
  for (const [k, own] of groups.entries()) {
    spaces.push(await nestedComponents(matrix, own, most, options, (n) => run.step('classes', done + n, total)))
    done += sizes[k]
  }
  return spaces
}

function checkDimension(dimension: number, matrix: FeatureMatrix, name: string): number {
  const columns = matrix.shape[1]
  if (dimension > columns) {
    throw new ValueError(`${name} ${dimension} for ${columns} features: give a whole number from 0 to ${columns}`)
  }
  return dimension
}

function bestOf({ errors, separation }: DimensionCurve): number {
  let best = 0
  for (let d = 1; d < errors.length; d++) {
    const fewer = errors[d] - errors[best]
    if (fewer < 0 || (fewer === 0 && separation[d] > separation[best])) best = d
  }
  return best
}

function truncated({ mean, variances, axes }: PrincipalComponents, dimension: number): PrincipalComponents {
  const kept = Math.min(dimension, variances.length)
  return { mean, variances: variances.slice(0, kept), axes: axes.slice(0, kept * mean.length) }
}

function affineSpaces(
  spaces: readonly PrincipalComponents[],
  dimension: number,
  classes: number,
  fittedOn: Backend,
): PcaAffine {
  const columns = spaces[0].mean.length
  // measured from the middle of the means, squared distances keep their digits in single precision
  const centre = new Float64Array(columns)
  for (const { mean } of spaces) for (let j = 0; j < columns; j++) centre[j] += mean[j] / classes

  /** Calls `visit` with d_0² and the squared projections ⟨x - μ_k, v_i⟩² of every sample and class. */
  async function project(
    run: Run,
    matrix: FeatureMatrix,
    rows: Int32Array,
    visit: (sample: number, class_: number, fromMean: number, squares: Float64Array, count: number) => void,
  ): Promise<void> {
    const { lines, offsets, height } = stack(spaces, centre, dtypeOf(matrix.data))
    const squares = new Float64Array(dimension)
    const map = upload(run, lines, height, columns)
    try {
      for (const { data, start, count } of chunksOf(matrix, rows, centre)) {
        await run.step('samples', start, rows.length)
        const products = await compute(run, () => matmul(upload(run, data, count, columns), map.transpose()))
        for (let i = 0; i < count; i++) {
          let own = 0
          for (let at = i * columns; at < (i + 1) * columns; at++) own += data[at] * data[at]
          let line = i * height
          let offset = 0
          for (let k = 0; k < classes; k++) {
            const fromMean = own - 2 * products[line++] + offsets[offset++]
            const axes = spaces[k].variances.length
            for (let v = 0; v < axes; v++) squares[v] = (products[line++] - offsets[offset++]) ** 2
            visit(start + i, k, fromMean, squares, axes)
          }
        }
      }
      await run.step('samples', rows.length, rows.length)
    } finally {
      run.backend.release(map.buffer)
    }
  }

  async function scores(features: Features, options?: PredictOptions): Promise<Scores> {
    const { matrix, rows, run } = samplesFor(features, columns, options, fittedOn)
    const data = new Float64Array(rows.length * classes)
    await project(run, matrix, rows, (sample, k, fromMean, squares, count) => {
      let distance = fromMean
      for (let v = 0; v < count; v++) distance -= squares[v]
      data[sample * classes + k] = -distance
    })
    return { data, shape: [rows.length, classes] }
  }

  async function byDimension(features: Features, labels: Labels, options?: PredictOptions): Promise<DimensionCurve> {
    const { matrix, rows, run } = samplesFor(features, columns, options, fittedOn)
    checkLabelCount(matrix.shape[0], labels)
    checkLabels(labels, classes)
    const errors = new Int32Array(dimension + 1)
    const within = new Float64Array(dimension + 1)
    const between = new Float64Array(dimension + 1)
    const own = new Float64Array(dimension + 1)
    const other = new Float64Array(dimension + 1)
    const nearest = new Int32Array(dimension + 1) // class
    await project(run, matrix, rows, (sample, k, fromMean, squares, count) => {
      const label = labels[rows[sample]]
      if (k === 0) {
        own.fill(Infinity)
        other.fill(Infinity)
      }
      let distance = fromMean
      for (let d = 0; d <= dimension; d++) {
        if (d > 0 && d <= count) distance -= squares[d - 1]
        if (distance < own[d] && distance < other[d]) nearest[d] = k
        if (k === label) own[d] = distance
        else other[d] = Math.min(other[d], distance)
      }
      if (k < classes - 1) return
      for (let d = 0; d <= dimension; d++) {
        within[d] += own[d]
        between[d] += other[d]
        if (nearest[d] !== label) errors[d]++
      }
    })
    return { errors, count: rows.length, separation: between.map((sum, d) => sum / within[d]) }
  }

  return savedAs('pcaAffine', { spaces, dimension, classes }, {
    classes,
    dimension,
    spaces,
    scores,
    predict: async (features, options) => largestScore(await scores(features, options)),
    byDimension,
  } satisfies PcaAffine)
}

/** The classifier of its numbers. */
export const pcaAffineFrom = (
  { spaces, dimension, classes }: Pick<PcaAffine, 'spaces' | 'dimension' | 'classes'>,
  fittedOn: Backend,
): PcaAffine => affineSpaces(spaces, dimension, classes, fittedOn)

/** For each class its mean and its axes as lines, from the centre, and what each line gives for the mean itself. */
function stack(
  spaces: readonly PrincipalComponents[],
  centre: Float64Array,
  dtype: 'float32' | 'float64',
): { lines: RealArray; offsets: Float64Array; height: number } {
  const columns = centre.length
  const height = spaces.reduce((sum, { variances }) => sum + 1 + variances.length, 0)
  const lines = realArray(dtype, height * columns)
  const offsets = new Float64Array(height)
  let line = 0
  for (const { mean, axes, variances } of spaces) {
    const shifted = mean.map((value, j) => value - centre[j])
    lines.set(shifted, line * columns)
    lines.set(axes, (line + 1) * columns)
    for (let v = 0; v <= variances.length; v++, line++) {
      for (let j = 0; j < columns; j++) offsets[line] += lines[line * columns + j] * shifted[j]
    }
  }
  return { lines, offsets, height }
}
