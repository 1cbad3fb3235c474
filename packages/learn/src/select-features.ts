// Supervised selection of features by orthogonal least squares: one feature after another, each time the one that, with those chosen
// before, lowers the squared residual of a class's indicator most (Chen, Billings and Luo 1989; Oyallon and Mallat 2015).
import { ValueError, checkOptions, dtypeOf, matmul, realArray, wholeNumber } from '@scatterlab/tensor'
import { compute, meanOfRows, upload, uploadedRows } from './chunks.ts'
import {
  type FeatureMatrix,
  type Features,
  type Labels,
  type SubsetOptions,
  checkColumns,
  matrixOf,
  subsetRules,
  trainingSet,
} from './features.ts'
import { type Run, type RunOptions, runRules, startRun } from './run.ts'
import { savedAs } from './saved-kinds.ts'

/** Chosen features. */
export interface FeatureSelection {
  /** Their columns in the order of the choice: classes take turns. */
  readonly columns: Int32Array
  /** How many features the samples have. */
  readonly features: number
  /** For each class the squared residual of its indicator after each of its choices in the last round, over that of its mean. */
  readonly residuals: readonly Float64Array[]
  /** The chosen features of samples, [samples, chosen]. Throws `ShapeError` for another number of features. */
  apply(features: Features): FeatureMatrix
}

/** Options of `selectFeatures`. */
export interface SelectFeaturesOptions extends RunOptions, SubsetOptions {
  /** Features for each class and round, D. */
  readonly perClass: number
  /** Rounds, each among the features that no class has taken before; default 1. */
  readonly rounds?: number
}

/** A feature of which the chosen ones leave less than this part is not chosen any more: it is a combination of them. */
const COLLINEAR = { float32: 1e-5, float64: 1e-10 }

/**
 * Chooses features of labelled samples [n, d], each class for itself against the rest; features are measured from their mean. A column
 * that several classes choose stands once. Products of a feature with all others are computed when it is first chosen. Throws
 * `ValueError` for more features than there are, `DataError` for labels that do not fit.
 */
export async function selectFeatures(
  features: Features,
  labels: Labels,
  options: SelectFeaturesOptions,
): Promise<FeatureSelection> {
  const rules = { ...runRules, ...subsetRules, perClass: wholeNumber(1), rounds: wholeNumber(1) }
  const checked = checkOptions('selectFeatures', options, rules, ['perClass'])
  const { perClass, rounds = 1 } = checked
  const { matrix, labels: own, rows, classes } = trainingSet(features, labels, checked)
  const columns = matrix.shape[1]
  if (perClass * rounds > columns) {
    throw new ValueError(`${perClass} features a class in ${rounds} rounds of ${columns} features: give fewer`)
  }
  const run = startRun(checked)
  const gram = gramRows(run, matrix, rows)
  try {
    const indicators = Float64Array.from({ length: rows.length * classes }, (_, at) =>
      own[rows[Math.floor(at / classes)]] === at % classes ? 1 : 0,
    )
    const { norms, correlations, energies } = await gram.measure(indicators, classes)
    const chosen = new Set<number>()
    let residuals: Float64Array[] = []
    for (let round = 0; round < rounds; round++) {
      const barred = new Set(chosen)
      const searches = energies.map((energy, k) =>
        search(columns, norms, correlations[k], energy, barred, dtypeOf(matrix.data)),
      )
      for (let step = 0; step < perClass; step++) {
        await run.step('features', round * perClass + step, rounds * perClass)
        const picks = searches.map((one) => one.best())
        const lines = await gram.get(picks.filter((column) => column >= 0))
        for (const [k, column] of picks.entries()) {
          if (column < 0) continue
          searches[k].take(column, lines.get(column)!)
          chosen.add(column)
        }
      }
      residuals = searches.map(({ residuals: left }, k) =>
        Float64Array.from(left, (value) => value / (energies[k] || 1)),
      )
    }
    await run.step('features', rounds * perClass, rounds * perClass)
    return featureSelectionFrom({ columns: Int32Array.from(chosen), features: columns, residuals })
  } finally {
    gram.release()
  }
}

/** The selection of its numbers. */
export function featureSelectionFrom(numbers: Omit<FeatureSelection, 'apply'>): FeatureSelection {
  return savedAs('selectFeatures', numbers, {
    ...numbers,
    apply(features) {
      const matrix = matrixOf(features)
      checkColumns(matrix, numbers.features)
      const { columns } = numbers
      const [count, width] = matrix.shape
      const out = realArray(dtypeOf(matrix.data), count * columns.length)
      for (let i = 0, at = 0; i < count; i++)
        for (let c = 0; c < columns.length; c++, at++) out[at] = matrix.data[i * width + columns[c]]
      return { data: out, shape: [count, columns.length] }
    },
  } satisfies FeatureSelection)
}

/** The search for one target: what the chosen features leave of every feature, and of the target. */
function search(
  columns: number,
  norms: Float64Array,
  correlation: Float64Array,
  energy: number,
  barred: ReadonlySet<number>,
  dtype: 'float32' | 'float64',
) {
  const left = norms.slice() // ‖x_j less its projection‖²
  const product = correlation.slice() // with the residual of the target
  const directions: Float64Array[] = [] // products of all features with each orthonormal direction
  const residuals: number[] = []
  let rest = energy
  const out = new Set(barred)
  return {
    residuals,
    /** The feature that lowers the residual most, or −1 if none does. */
    best(): number {
      let [column, gain] = [-1, 0]
      for (let j = 0; j < columns; j++) {
        if (out.has(j) || left[j] <= COLLINEAR[dtype] * norms[j]) continue
        const own = (product[j] * product[j]) / left[j]
        if (own > gain) [column, gain] = [j, own]
      }
      return column
    },
    take(column: number, line: Float64Array): void {
      const scale = 1 / Math.sqrt(left[column])
      const direction = line.slice()
      for (const other of directions) {
        const weight = other[column]
        for (let j = 0; j < columns; j++) direction[j] -= weight * other[j]
      }
      const step = product[column] * scale
      for (let j = 0; j < columns; j++) {
        direction[j] *= scale
        left[j] -= direction[j] * direction[j]
        product[j] -= step * direction[j]
      }
      directions.push(direction)
      rest -= step * step
      residuals.push(Math.max(0, rest))
      out.add(column)
    },
  }
}

/** Rows of the matrix of products between centred features, computed when they are first wanted. */
function gramRows(run: Run, matrix: FeatureMatrix, rows: Int32Array) {
  const columns = matrix.shape[1]
  const mean = meanOfRows(matrix, rows)
  // the features less their mean are not stored: (x − μ)ᵀ(x_s − μ_s) = xᵀ(x_s − μ_s), as the second sums to 0
  const x = uploadedRows(run, matrix, rows)
  const known = new Map<number, Float64Array>()

  /** Xᵀ·right for right [rows, width]: `width` rows of [columns]. */
  async function products(right: Float64Array, width: number): Promise<Float64Array[]> {
    const sums = Array.from({ length: width }, () => new Float64Array(columns))
    const own = realArray(dtypeOf(matrix.data), right.length)
    own.set(right)
    await x.forEach(async (chunk, start) => {
      const count = chunk.shape[0]
      const part = own.subarray(start * width, (start + count) * width)
      const values = await compute(run, () => matmul(upload(run, part, count, width).transpose(), chunk))
      for (let k = 0; k < width; k++) for (let j = 0; j < columns; j++) sums[k][j] += values[k * columns + j]
      await run.breathe()
    })
    return sums
  }

  return {
    release: () => x.release(),
    /** Squared norms of the features, products with the centred targets, and their squared norms. */
    async measure(targets: Float64Array, width: number) {
      const norms = new Float64Array(columns)
      for (const row of rows)
        for (let j = 0, at = row * columns; j < columns; j++, at++) norms[j] += (matrix.data[at] - mean[j]) ** 2
      const means = new Float64Array(width)
      targets.forEach((value, at) => {
        means[at % width] += value / rows.length
      })
      const centred = targets.map((value, at) => value - means[at % width])
      const energies = Array.from(means, (_, k) => {
        let sum = 0
        for (let at = k; at < centred.length; at += width) sum += centred[at] ** 2
        return sum
      })
      return { norms, correlations: await products(centred, width), energies }
    },
    async get(wanted: readonly number[]): Promise<ReadonlyMap<number, Float64Array>> {
      const missing = [...new Set(wanted)].filter((column) => !known.has(column))
      if (missing.length > 0) {
        const right = Float64Array.from({ length: rows.length * missing.length }, (_, at) => {
          const column = missing[at % missing.length]
          return matrix.data[rows[Math.floor(at / missing.length)] * columns + column] - mean[column]
        })
        const lines = await products(right, missing.length)
        missing.forEach((column, k) => known.set(column, lines[k]))
      }
      return known
    },
  }
}
