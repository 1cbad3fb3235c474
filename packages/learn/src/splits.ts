// Seeded splits of labelled samples into training and validation rows with the classes in proportion, and
// cross-validation.
import { ValueError, random } from '@scatterlab/tensor'
import { type Classifier, type PredictOptions } from './classifier.ts'
import { DataError } from './errors.ts'
import {
  type Features,
  type Labels,
  type SubsetOptions,
  checkLabelCount,
  checkLabels,
  groupByClass,
} from './features.ts'
import { type RunOptions, startRun } from './run.ts'

/** Rows to train on and rows to validate on: disjoint, each ascending. */
export interface Split {
  readonly training: Int32Array
  readonly validation: Int32Array
}

/** Options of `holdOut`. */
export interface HoldOutOptions extends SubsetOptions {
  /** Part of every class that is held out, rounded to whole samples, at least one; default 0.2. */
  readonly fraction?: number
  /** Default 0. */
  readonly seed?: number | string
}

/**
 * Holds out a fraction of every class, drawn at random. Throws `DataError` for a class of one sample, which cannot be
 * on both sides, and `ValueError` for a fraction outside (0, 1).
 */
export function holdOut(labels: Labels, options: HoldOutOptions = {}): Split {
  const { fraction = 0.2, seed = 0 } = options
  if (!(fraction > 0 && fraction < 1))
    throw new ValueError(`fraction ${fraction}: give a number between 0 and 1, such as 0.2`)
  const training: number[] = []
  const validation: number[] = []
  for (const group of shuffledClasses(labels, options, seed, 2)) {
    const held = Math.min(group.length - 1, Math.max(1, Math.round(group.length * fraction)))
    validation.push(...group.slice(0, held))
    training.push(...group.slice(held))
  }
  return { training: ascending(training), validation: ascending(validation) }
}

/** Options of `kFold`. */
export interface KFoldOptions extends SubsetOptions {
  /** Number of parts; default 5. */
  readonly folds?: number
  /** Default 0. */
  readonly seed?: number | string
}

/**
 * Splits every class into `folds` parts whose sizes differ by at most one; fold f validates on part f and trains on the
 * rest. Every row is validated once. Throws `ValueError` for fewer than two folds, `DataError` for a class with fewer
 * samples.
 */
export function kFold(labels: Labels, options: KFoldOptions = {}): Split[] {
  const { folds = 5, seed = 0 } = options
  if (!Number.isInteger(folds) || folds < 2) throw new ValueError(`folds ${folds}: give a whole number from 2`)
  const parts = Array.from({ length: folds }, (): number[] => [])
  let dealt = 0
  for (const group of shuffledClasses(labels, options, seed, folds)) {
    for (const row of group) parts[dealt++ % folds].push(row)
  }
  return parts.map((part, f) => ({
    training: ascending(parts.flatMap((other, i) => (i === f ? [] : other))),
    validation: ascending(part),
  }))
}

const ascending = (rows: number[]): Int32Array => Int32Array.from(rows).sort()

function shuffledClasses(labels: Labels, options: SubsetOptions, seed: number | string, least: number): Int32Array[] {
  const own = checkLabels(labels)
  const stream = random(seed)
  const rows = options.rows === undefined ? own.map((_, i) => i) : Int32Array.from(options.rows)
  const outside = rows.findIndex((row) => row < 0 || row >= own.length)
  if (outside >= 0)
    throw new ValueError(`rows[${outside}] is ${rows[outside]}: give whole numbers from 0 to ${own.length - 1}`)
  return groupByClass(own, rows).map((group, label) => {
    if (group.length > 0 && group.length < least) {
      throw new DataError(
        `class ${label} has ${group.length} of the ${least} samples that a split needs: add samples or lower \`folds\``,
      )
    }
    return stream.permutation(group.length).map((i) => group[i])
  })
}

/** The outcome of a cross-validation. */
export interface CrossValidation {
  /** The class that each row of the folds got while it was held out, at its row; -1 for rows in no fold. */
  readonly predicted: Int32Array
  /** Errors of each fold. */
  readonly errors: Int32Array
  /** Held-out samples of each fold. */
  readonly counts: Int32Array
  /** All errors over all held-out samples. */
  readonly errorRate: number
}

/** Options of `crossValidate`. */
export interface CrossValidateOptions extends KFoldOptions, RunOptions {}

/**
 * Fits on the training rows of each fold and counts the errors on its validation rows.
 *
 * @example crossValidate(features, labels, (rows) => ridge(features, labels, { penalty: 1, rows }), { folds: 5 })
 */
export async function crossValidate(
  features: Features,
  labels: Labels,
  fit: (trainingRows: Int32Array) => Promise<Classifier>,
  options: CrossValidateOptions = {},
): Promise<CrossValidation> {
  checkLabelCount(features.shape[0], labels)
  const splits = kFold(labels, options)
  const { backend, signal } = options
  const run = startRun(options)
  const predicted = new Int32Array(labels.length).fill(-1)
  const errors = new Int32Array(splits.length)
  for (const [f, { training, validation }] of splits.entries()) {
    await run.step('folds', f, splits.length)
    const classifier = await fit(training)
    const inner: PredictOptions = { rows: validation, ...(backend && { backend }), ...(signal && { signal }) }
    const found = await classifier.predict(features, inner)
    found.forEach((label, i) => {
      predicted[validation[i]] = label
      if (label !== labels[validation[i]]) errors[f]++
    })
  }
  await run.step('folds', splits.length, splits.length)
  const counts = Int32Array.from(splits, ({ validation }) => validation.length)
  const sum = (list: Int32Array): number => list.reduce((total, value) => total + value, 0)
  return { predicted, errors, counts, errorRate: sum(errors) / sum(counts) }
}
