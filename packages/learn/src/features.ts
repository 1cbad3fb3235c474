// Features and labels as callers give them, and their one form inside the package: a row-major matrix that is never
// copied, a list of labels 0 … classes - 1, and a list of rows.
import {
  type ArrayInput,
  type RealArray,
  type Rules,
  type ShapedArray,
  DTypeError,
  ShapeError,
  Tensor,
  ValueError,
  asTensor,
  checkArgument,
  formatShape,
  isComplex,
  sizeOf,
  someNumbers,
} from '@scatterlab/tensor'
import { DataError } from './errors.ts'

/**
 * One row of numbers a sample: a `Tensor`, a typed array in row-major order with its shape, nested arrays, or an ndarray.
 * The first axis counts the samples; further ones are taken as one ([n, paths, height, width] is [n,
 * paths·height·width]).
 */
export type Features = ArrayInput

/** The class of each sample: integers from 0, fewer classes than samples. */
export type Labels = ArrayLike<number>

/** A row-major matrix of features. */
export type FeatureMatrix = ShapedArray<RealArray, readonly [rows: number, columns: number]>

/** The matrix over the memory of the features: a copy only of what is not contiguous, and of nested arrays. */
export function matrixOf(features: Features): FeatureMatrix {
  const x = asTensor(features, 'features')
  if (x.rank < 2) {
    throw new ShapeError(
      `features of shape ${formatShape(x.shape)}: give [samples, features], one sample is [1, features]`,
    )
  }
  const [rows, ...rest] = x.shape
  const columns = sizeOf(rest)
  if (columns === 0)
    throw new DataError(`features of shape ${formatShape(x.shape)} hold no number: give at least one a sample`)
  if (isComplex(x.dtype)) {
    throw new DTypeError(`features are ${x.dtype}: take their modulus, or .asReal() for both parts`)
  }
  const isPlain = !(features instanceof Tensor) && 'data' in features && !('stride' in features)
  return { data: isPlain ? features.data : x.asTypedArray(), shape: [rows, columns] }
}

/** Throws `ShapeError` unless the features have as many columns as those that a model was fitted to. */
export function checkColumns(matrix: FeatureMatrix, fitted: number): void {
  if (matrix.shape[1] !== fitted) {
    throw new ShapeError(
      `features of shape ${formatShape(matrix.shape)} for a fit to ${fitted} features: give the same ${fitted}`,
    )
  }
}

/** All rows of so many, or the given ones. Throws `ValueError` for one that is none of them. */
export function checkRowNumbers(rows: ArrayLike<number> | undefined, count: number): Int32Array {
  if (rows === undefined) return Int32Array.from({ length: count }, (_, i) => i)
  const list = Int32Array.from(rows)
  const bad = list.findIndex((row, i) => row !== rows[i] || row < 0 || row >= count)
  if (bad >= 0) throw new ValueError(`rows[${bad}] is ${rows[bad]}: give whole numbers from 0 to ${count - 1}`)
  return list
}

/** As `checkRowNumbers`; throws `DataError` for a NaN or an infinity in these rows. */
export function checkRows(matrix: FeatureMatrix, rows?: ArrayLike<number>): Int32Array {
  const [count, columns] = matrix.shape
  const list = checkRowNumbers(rows, count)
  for (const row of list) {
    let sum = 0
    for (let at = row * columns, end = at + columns; at < end; at++) sum += matrix.data[at]
    if (!Number.isFinite(sum)) throw nonFinite(matrix, row)
  }
  return list
}

function nonFinite(matrix: FeatureMatrix, row: number): DataError {
  const columns = matrix.shape[1]
  const column = matrix.data.subarray(row * columns, (row + 1) * columns).findIndex((value) => !Number.isFinite(value))
  if (column < 0) return new DataError(`features of sample ${row} add up to infinity: scale the features down`)
  const value = matrix.data[row * columns + column]
  return new DataError(`feature ${column} of sample ${row} is ${value}: remove the sample or replace the value`)
}

/** Training data as checked: every sample labelled, every class with at least one sample among `rows`. */
export interface TrainingSet {
  readonly matrix: FeatureMatrix
  readonly labels: Int32Array
  readonly rows: Int32Array
  readonly classes: number
}

/** Which part of the data to fit. */
export interface SubsetOptions {
  /** Only these samples; default all. */
  readonly rows?: ArrayLike<number>
}

/** What `SubsetOptions` may be. */
export const subsetRules: Rules<SubsetOptions> = { rows: someNumbers }

/** Checks features against labels. Throws `DataError` naming the first sample or class that does not fit. */
export function trainingSet(features: Features, labels: Labels, options: SubsetOptions): TrainingSet {
  const matrix = matrixOf(features)
  checkLabelCount(matrix.shape[0], labels)
  const own = checkLabels(labels)
  const rows = checkRows(matrix, options.rows)
  if (rows.length === 0) throw new DataError('no sample to fit: give at least one row of features')
  const groups = groupByClass(own, rows)
  const missing = groups.findIndex((group) => group.length === 0)
  if (missing >= 0 || groups.length < 2) {
    const what = missing >= 0 ? `class ${missing} has no sample` : 'all samples have label 0'
    throw new DataError(`${what}: labels must be 0 … classes - 1, at least two classes, each with a sample`)
  }
  return { matrix, labels: own, rows, classes: groups.length }
}

/** Throws `DataError` unless there is one label a sample. */
export function checkLabelCount(samples: number, labels: Labels): void {
  checkArgument('labels', labels, someNumbers)
  if (labels.length !== samples) {
    throw new DataError(`${labels.length} labels for ${samples} samples of features: give one label a sample`)
  }
}

/** The labels as 32-bit integers. Throws `DataError` for one that is not a whole number from 0 to `classes` - 1. */
export function checkLabels(labels: Labels, classes: number = labels.length): Int32Array {
  const own = Int32Array.from(labels)
  const bad = own.findIndex((label, i) => label < 0 || label >= classes || label !== labels[i])
  if (bad < 0) return own
  const most = classes === labels.length ? `there are ${classes} samples` : `there are ${classes} classes`
  throw new DataError(`label ${labels[bad]} of sample ${bad}: give whole numbers from 0 to ${classes - 1}, as ${most}`)
}

/** ‖x‖ of the numbers from `start` to before `end`, also where their squares are too large or too small for doubles. */
export function normOf(data: RealArray, start: number, end: number): number {
  let square = 0
  for (let at = start; at < end; at++) square += data[at] * data[at]
  if (square > 1e-280 && square < Infinity) return Math.sqrt(square)
  let most = 0
  for (let at = start; at < end; at++) most = Math.max(most, Math.abs(data[at]))
  if (most === 0) return 0
  square = 0
  for (let at = start; at < end; at++) square += (data[at] / most) ** 2
  return most * Math.sqrt(square)
}

/** The given rows by their label: one ascending-in-position list a class, up to the largest label among them. */
export function groupByClass(labels: Int32Array, rows: Int32Array): Int32Array[] {
  const groups: number[][] = []
  for (const row of rows) {
    const label = labels[row]
    while (groups.length <= label) groups.push([])
    groups[label].push(row)
  }
  return groups.map((group) => Int32Array.from(group))
}
