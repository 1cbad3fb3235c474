// Seeded splits of labelled samples into training and validation rows with the classes in proportion, and
// cross-validation.
import {
  type Rules,
  aFunction,
  aSeed,
  belowOne,
  checkArgument,
  checkOptions,
  having,
  random,
  someNumbers,
  wholeNumber,
} from '@scatterlab/tensor'
import { type Classifier, quietly } from './classifier.ts'
import { DataError } from './errors.ts'
import {
  type Features,
  type Labels,
  type SubsetOptions,
  checkLabelCount,
  checkLabels,
  checkRowNumbers,
  groupByClass,
  matrixOf,
  subsetRules,
} from './features.ts'
import { type RunOptions, runRules, startRun } from './run.ts'

/** Rows to train on and rows to validate on: disjoint, each ascending. */
export interface Split {
  /** Numbers of the rows to train on. */
  readonly training: Int32Array
  /** Numbers of the rows that are held out. */
  readonly validation: Int32Array
}

/** Options of `holdOut`. */
export interface HoldOutOptions extends SubsetOptions {
  /** Part of every class that is held out, rounded to whole samples, at least one; default 0.2. */
  readonly fraction?: number
  /** Default 0. */
  readonly seed?: number | string
}

/** What `HoldOutOptions` may be. */
export const holdOutRules: Rules<HoldOutOptions> = {
  ...subsetRules,
  seed: aSeed,
  fraction: (value) => (belowOne(value) || value === 0 ? 'a number between 0 and 1, such as 0.2' : undefined),
}

/**
 * Holds out a fraction of every class, drawn at random. Throws `DataError` for a class of one sample, which cannot be
 * on both sides, and `ValueError` for a fraction outside (0, 1).
 */
export function holdOut(labels: Labels, options?: HoldOutOptions): Split {
  const checked = checkOptions('holdOut', options, holdOutRules)
  checkArgument('labels', labels, someNumbers)
  const own = checkLabels(labels)
  return heldOut(own, checkRowNumbers(checked.rows, own.length), checked)
}

/** `holdOut` of checked labels and rows. */
export function heldOut(
  labels: Int32Array,
  rows: Int32Array,
  { fraction = 0.2, seed = 0 }: Omit<HoldOutOptions, 'rows'>,
): Split {
  const training: number[] = []
  const validation: number[] = []
  for (const group of shuffledClasses(labels, rows, seed, 2)) {
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

const kFoldRules: Rules<KFoldOptions> = { ...subsetRules, seed: aSeed, folds: wholeNumber(2) }

/**
 * Splits every class into `folds` parts whose sizes differ by at most one; fold f validates on part f and trains on the
 * rest. Every row is validated once. Throws `ValueError` for fewer than two folds, `DataError` for a class with fewer
 * samples.
 */
export function kFold(labels: Labels, options?: KFoldOptions): Split[] {
  const { folds = 5, seed = 0, rows: chosen } = checkOptions('kFold', options, kFoldRules)
  checkArgument('labels', labels, someNumbers)
  const own = checkLabels(labels)
  const rows = checkRowNumbers(chosen, own.length)
  const groups = shuffledClasses(own, rows, seed, folds)
  const parts = Array.from({ length: folds }, (): number[] => [])
  let dealt = 0
  for (const group of groups) {
    for (const row of group) parts[dealt++ % folds].push(row)
  }
  return parts.map((part, f) => ({
    training: ascending(parts.flatMap((other, i) => (i === f ? [] : other))),
    validation: ascending(part),
  }))
}

const ascending = (rows: number[]): Int32Array => Int32Array.from(rows).sort()

function shuffledClasses(labels: Int32Array, rows: Int32Array, seed: number | string, least: number): Int32Array[] {
  const stream = random(seed)
  return groupByClass(labels, rows).map((group, label) => {
    if (group.length > 0 && group.length < least) {
      throw new DataError(
        `class ${label} has ${group.length} of the ${least} samples that a split needs: add samples or lower \`folds\``,
      )
    }
    return stream.permutation(group.length).map((i) => group[i])
  })
}

const aClassifier = having('a classifier, such as ridge(…) gives', 'predict')

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
  options?: CrossValidateOptions,
): Promise<CrossValidation> {
  const checked = checkOptions('crossValidate', options, { ...kFoldRules, ...runRules })
  checkArgument('crossValidate: fit', fit, aFunction)
  const matrix = matrixOf(features)
  checkLabelCount(matrix.shape[0], labels)
  const { folds, seed, rows } = checked
  const splits = kFold(labels, { folds, seed, rows } as KFoldOptions)
  const run = startRun(checked)
  const predicted = new Int32Array(labels.length).fill(-1)
  const errors = new Int32Array(splits.length)
  for (const [f, { training, validation }] of splits.entries()) {
    await run.step('folds', f, splits.length)
    const classifier = await fit(training)
    checkArgument('crossValidate: what `fit` gives', classifier, aClassifier)
    const found = await classifier.predict(matrix, quietly(checked, validation))
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
