// The normal equations of least squares to ±1 targets, primal or dual, for nested groups of rows. Not their solution.
import { dtypeOf, realArray } from '@scatterlab/tensor'
import { gatherRows, nestedMeans } from './chunks.ts'
import type { FeatureMatrix } from './features.ts'
import { addSecondMoment, doublyCentred, rowProducts } from './gram.ts'
import { type LinearClassifier, addRowsTransposedTimes, linearClassifier } from './linear.ts'
import type { Run } from './run.ts'

/** 1 at the class of each sample, -1 elsewhere: [samples, classes]. */
export function targetsOf(labels: Int32Array, classes: number): Float64Array {
  const targets = new Float64Array(labels.length * classes).fill(-1)
  labels.forEach((label, i) => {
    targets[i * classes + label] = 1
  })
  return targets
}

/** (A + λI) X = B for groups[0], for groups[0] with groups[1], …; rows and targets are centred. */
export interface NormalEquations {
  readonly sizes: readonly number[]
  readonly matrices: readonly Float64Array[]
  readonly rights: readonly Float64Array[]
  /** Mean of ‖x - μ‖² over the first group. */
  readonly variance: number
  /** The classifier that solution X of the g-th equations stands for. */
  classifier(g: number, solution: Float64Array): Promise<LinearClassifier>
}

/** Sums the equations up in one pass over the rows: d×d ones, or, where n ≤ d, n×n dual ones. */
export async function normalEquations(
  run: Run,
  matrix: FeatureMatrix,
  groups: readonly Int32Array[],
  targets: Float64Array,
  classes: number,
): Promise<NormalEquations> {
  const columns = matrix.shape[1]
  const { first, shifts } = nestedMeans(matrix, groups)
  const nested = groups.map((_, g) => Int32Array.from(groups.slice(0, g + 1).flatMap((group) => [...group])))
  const means = shifts.map((shift) => first.map((value, j) => value + shift[j]))
  const centres = nested.map((rows) => meanTarget(targets, rows, classes))
  const all = nested[nested.length - 1]
  const dual = all.length <= columns
  const size = (g: number): number => (dual ? nested[g].length : columns)

  const classifier = async (g: number, solution: Float64Array): Promise<LinearClassifier> => {
    let weights = solution
    if (dual) {
      weights = new Float64Array(columns * classes)
      await addRowsTransposedTimes(run, matrix, nested[g], means[g], solution, classes, weights)
    }
    return linearClassifier(weights, centres[g], means[g], run.backend)
  }

  const { matrices, rights } = dual
    ? await dualEquations(run, matrix, nested, first, targets, centres)
    : await primalEquations(run, matrix, groups, first, shifts, targets, centres)
  let variance = 0
  for (let i = 0; i < size(0); i++) variance += matrices[0][i * size(0) + i] / groups[0].length
  return { sizes: nested.map((_, g) => size(g)), matrices, rights, variance, classifier }
}

/** A = Xᵀ X, B = Xᵀ Y. */
async function primalEquations(
  run: Run,
  matrix: FeatureMatrix,
  groups: readonly Int32Array[],
  first: Float64Array,
  shifts: readonly Float64Array[],
  targets: Float64Array,
  centres: readonly Float64Array[],
): Promise<Pick<NormalEquations, 'matrices' | 'rights'>> {
  const columns = matrix.shape[1]
  const classes = centres[0].length
  const total = groups.reduce((sum, group) => sum + group.length, 0)
  const moment = new Float64Array(columns * columns) // about the first mean
  const products = new Float64Array(columns * classes)
  const matrices: Float64Array[] = []
  const rights: Float64Array[] = []
  let count = 0
  for (const [g, group] of groups.entries()) {
    const before = count
    await addSecondMoment(run, matrix, group, first, moment, (done) => run.step('products', before + done, total))
    await addRowsTransposedTimes(run, matrix, group, first, targetsAt(targets, group, classes), classes, products)
    count += group.length
    const shift = shifts[g]
    const a = moment.slice()
    const b = products.slice()
    for (let i = 0, at = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++, at++) a[at] -= count * shift[i] * shift[j]
      for (let k = 0; k < classes; k++) b[i * classes + k] -= count * shift[i] * centres[g][k]
    }
    matrices.push(a)
    rights.push(b)
  }
  return { matrices, rights }
}

/** A = X Xᵀ, B = Y; the weights are Xᵀ times the solution. */
async function dualEquations(
  run: Run,
  matrix: FeatureMatrix,
  nested: readonly Int32Array[],
  first: Float64Array,
  targets: Float64Array,
  centres: readonly Float64Array[],
): Promise<Pick<NormalEquations, 'matrices' | 'rights'>> {
  const rows = nested[nested.length - 1]
  const classes = centres[0].length
  const centred = realArray(dtypeOf(matrix.data), rows.length * matrix.shape[1])
  gatherRows(matrix, rows, first, centred)
  const products = await rowProducts(run, centred, rows.length)
  await run.step('products', rows.length, rows.length)
  return {
    matrices: nested.map(({ length }) => doublyCentred(products, rows.length, length)),
    rights: nested.map((list, g) =>
      targetsAt(targets, list, classes).map((value, at) => value - centres[g][at % classes]),
    ),
  }
}

function targetsAt(targets: Float64Array, rows: Int32Array, classes: number): Float64Array {
  const out = new Float64Array(rows.length * classes)
  rows.forEach((row, i) => out.set(targets.subarray(row * classes, (row + 1) * classes), i * classes))
  return out
}

function meanTarget(targets: Float64Array, rows: Int32Array, classes: number): Float64Array {
  const mean = new Float64Array(classes)
  for (const row of rows) for (let k = 0; k < classes; k++) mean[k] += targets[row * classes + k] / rows.length
  return mean
}
