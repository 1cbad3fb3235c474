// The leading eigenpairs of a symmetric positive semidefinite matrix: dense by ml-matrix where it is small, else by
// subspace iteration on a random block, whose residuals are computed and checked. Not for interior or smallest
// eigenvalues.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import {
  type ArrayInput,
  type Random,
  type RealArray,
  type Rules,
  DTypeError,
  ShapeError,
  aSeed,
  asTensor,
  checkArgument,
  checkOptions,
  dtypeOf,
  formatShape,
  isComplex,
  matmul,
  positive,
  random,
  realArray,
  wholeNumber,
} from '@scatterlab/tensor'
import { inverseFactor } from './cholesky.ts'
import { compute, upload } from './chunks.ts'
import { ConvergenceError, DataError } from './errors.ts'
import { type Run, type RunOptions, runRules, startRun } from './run.ts'

/** Matrices of at most so many rows are decomposed whole. */
const DENSE_SIZE = 160
/** Products with A before the first check, and between checks. */
const FIRST_STEPS = 4
const MORE_STEPS = 3
const CHECKS = 20
/** Squared norms of unit rows beyond the span of others: pure rounding, and such that orthogonality is lost to 1e-8. */
const DEPENDENT = 1e-13
const ILL_CONDITIONED = 1e-8
const PASSES = 12

/** The k leading eigenpairs of a symmetric matrix A of n rows. */
export interface Eigenpairs {
  /** λ_1 ≥ … ≥ λ_k. */
  readonly values: Float64Array
  /** Unit eigenvectors v_i, one a row: [k, n]. */
  readonly vectors: RealArray
  /** max_i ‖A v_i - λ_i v_i‖ / |λ_1|, as computed. An eigenvalue of A lies within this times |λ_1| of every λ_i. */
  readonly residual: number
}

/** Options of `leadingEigenpairs`. */
export interface EigenOptions extends RunOptions {
  /** Bound on the residual of every pair, relative to |λ_1|; default 1e-4. */
  readonly tolerance?: number
  /** Seed of the random block that the method starts from; default 0. */
  readonly seed?: number | string
}

/** What `EigenOptions` may be. */
export const eigenRules: Rules<EigenOptions> = { ...runRules, tolerance: positive, seed: aSeed }

/**
 * The `count` largest eigenvalues and their vectors of a symmetric positive semidefinite matrix [n, n]; the result
 * satisfies ‖A v_i - λ_i v_i‖ ≤ tolerance·λ_1, checked. The method is subspace iteration with Rayleigh–Ritz projection
 * (Halko, Martinsson and Tropp 2011, section 4.5), products with A in its own element type on the back end, everything
 * else in double precision. Throws
 * `ShapeError`, `ValueError` for a count outside 1 … n, `DataError` for a NaN and for a matrix that is not symmetric or not
 * positive semidefinite beyond rounding, `ConvergenceError` with the residual reached.
 */
export async function leadingEigenpairs(
  matrix: ArrayInput,
  count: number,
  options?: EigenOptions,
): Promise<Eigenpairs> {
  const checked = checkOptions('leadingEigenpairs', options, eigenRules)
  const x = asTensor(matrix, 'the numbers of the matrix')
  const [size] = x.shape
  if (x.rank !== 2 || x.shape[1] !== size) {
    throw new ShapeError(`a matrix of shape ${formatShape(x.shape)}: eigenpairs need a square one`)
  }
  if (isComplex(x.dtype)) throw new DTypeError(`a matrix of ${x.dtype}: eigenpairs need real numbers`)
  checkArgument('leadingEigenpairs: count', count, wholeNumber(1, size))
  const data = x.asTypedArray()
  checkSymmetric(data, size)
  return eigenpairsOf(data, size, count, checked)
}

/**
 * `leadingEigenpairs` of a matrix that is known to be symmetric. `start` holds rows to begin with, such as the vectors of
 * a matrix near by.
 */
export async function eigenpairsOf(
  data: RealArray,
  size: number,
  count: number,
  options: EigenOptions,
  start?: RealArray,
): Promise<Eigenpairs> {
  const { tolerance = 1e-4, seed = 0 } = options
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw new DataError(`entry ${bad} of the matrix is ${data[bad]}: eigenpairs need finite numbers`)
  const width = count + Math.max(16, Math.ceil(count / 5))
  if (size <= DENSE_SIZE || width > 0.8 * size) return dense(data, size, count)
  return subspaceIteration(startRun(options), data, size, count, width, tolerance, seed, start)
}

/** Of the largest entry or eigenvalue: a smaller asymmetry, or a negative eigenvalue so small, is rounding. */
const ROUNDING = 1e-4

/** Throws `DataError` unless the matrix is symmetric up to rounding. */
function checkSymmetric(data: RealArray, size: number): void {
  let largest = 0
  for (const value of data) largest = Math.max(largest, Math.abs(value))
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [data[i * size + j], data[j * size + i]]
      if (Math.abs(a - b) > ROUNDING * largest)
        throw new DataError(
          `the matrix is not symmetric: ${a} in row ${i}, column ${j}, but ${b} in row ${j}, column ${i}`,
        )
    }
  }
}

/** Throws `DataError` for an eigenvalue that is negative beyond rounding. */
function checkSemidefinite(values: readonly number[]): void {
  const least = values[values.length - 1]
  if (least < -ROUNDING * Math.max(Math.abs(values[0]), Math.abs(least)))
    throw new DataError(`the matrix has the eigenvalue ${least}: it must be positive semidefinite, as covariances are`)
}

/**
 * All eigenpairs of a small symmetric matrix, largest first, by ml-matrix (Householder, implicit QL; double precision).
 */
function decompose(data: ArrayLike<number>, size: number): { values: number[]; vectors: Matrix } {
  const full = new Matrix(size, size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) full.set(i, j, (data[i * size + j] + data[j * size + i]) / 2)
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(full, { assumeSymmetric: true })
  const values = realEigenvalues.toReversed()
  checkSemidefinite(values)
  return { values, vectors: eigenvectorMatrix.flipRows() }
}

/** The first `count` vectors of a decomposition as rows. */
function leadingRows(vectors: Matrix, count: number, out: RealArray): RealArray {
  for (let i = 0; i < count; i++) for (let j = 0; j < vectors.rows; j++) out[i * vectors.rows + j] = vectors.get(j, i)
  return out
}

function dense(data: RealArray, size: number, count: number): Eigenpairs {
  const { values, vectors } = decompose(data, size)
  const rows = leadingRows(vectors, count, realArray(dtypeOf(data), count * size))
  let worst = 0
  for (let i = 0; i < count; i++) {
    let square = 0
    for (let r = 0; r < size; r++) {
      let sum = -values[i] * rows[i * size + r]
      for (let c = 0; c < size; c++) sum += data[r * size + c] * rows[i * size + c]
      square += sum * sum
    }
    worst = Math.max(worst, Math.sqrt(square))
  }
  return { values: Float64Array.from(values.slice(0, count)), vectors: rows, residual: relative(worst, values[0]) }
}

const relative = (residual: number, largest: number): number => (residual === 0 ? 0 : residual / Math.abs(largest))

async function subspaceIteration(
  run: Run,
  data: RealArray,
  size: number,
  count: number,
  width: number,
  tolerance: number,
  seed: number | string,
  start?: RealArray,
): Promise<Eigenpairs> {
  const a = upload(run, data, size, size)
  const times = async (rows: Float64Array): Promise<Float64Array> => {
    const own = realArray(dtypeOf(data), rows.length)
    own.set(rows)
    return Float64Array.from(await compute(run, () => matmul(upload(run, own, width, size), a)))
  }
  try {
    const noise = random(seed)
    let block: Float64Array = noise.fillNormal(new Float64Array(width * size))
    if (start) block.set(start.length > block.length ? start.subarray(0, block.length) : start)
    block = await orthonormalised(run, block, width, noise)
    let residual = Infinity
    for (let check = 0; check < CHECKS; check++) {
      const steps = check === 0 ? FIRST_STEPS : MORE_STEPS
      for (let step = 0; step < steps; step++) block = await orthonormalised(run, await times(block), width, noise)
      const images = await times(block)
      const pairs = await rayleighRitz(run, block, images, width, count)
      await run.step('eigenpairs', check + 1, CHECKS)
      residual = pairs.residual
      if (residual > tolerance) continue
      const vectors = realArray(dtypeOf(data), count * size)
      vectors.set(pairs.vectors)
      return { ...pairs, vectors }
    }
    throw new ConvergenceError(
      `eigenpairs of a ${size}×${size} ${dtypeOf(data)} matrix reached a residual of ` +
        `${residual.toExponential(1)}·λ1, not ${tolerance}·λ1: ` +
        'raise `tolerance`, or give the matrix in double precision',
    )
  } finally {
    run.backend.release(a.buffer)
  }
}

/**
 * Y = L⁻¹X with X Xᵀ = L Lᵀ: orthonormal rows of the same span, in a second pass where the first loses digits. Rows
 * that depend on those before them are replaced by noise.
 */
async function orthonormalised(run: Run, rows: Float64Array, width: number, noise: Random): Promise<Float64Array> {
  const size = rows.length / width
  let current = rows
  for (let pass = 0; pass < PASSES; pass++) {
    normaliseRows(current, width)
    const block = current
    const gram = await compute(run, () =>
      matmul(upload(run, block, width, size), upload(run, block, width, size).transpose()),
    )
    const { inverse, pivots } = inverseFactor(gram, width, DEPENDENT)
    const dependent = pivots.some((pivot) => pivot < DEPENDENT)
    if (dependent) {
      pivots.forEach((pivot, i) => {
        if (pivot < DEPENDENT) noise.fillNormal(block.subarray(i * size, (i + 1) * size))
      })
      continue
    }
    current = Float64Array.from(
      await compute(run, () => matmul(upload(run, inverse, width, width), upload(run, block, width, size))),
    )
    if (pivots.every((pivot) => pivot > ILL_CONDITIONED)) return current
  }
  throw new ConvergenceError('rows of a block stayed dependent: the matrix overflows, scale it down')
}

function normaliseRows(rows: Float64Array, width: number): void {
  const size = rows.length / width
  for (let i = 0; i < width; i++) {
    const row = rows.subarray(i * size, (i + 1) * size)
    let square = 0
    for (let c = 0; c < size; c++) square += row[c] * row[c]
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0
    for (let c = 0; c < size; c++) row[c] *= scale
  }
}

/** The leading Ritz pairs of an orthonormal block Q with images Q·A, and their largest residual. */
async function rayleighRitz(
  run: Run,
  block: Float64Array,
  images: Float64Array,
  width: number,
  count: number,
): Promise<Eigenpairs> {
  const size = block.length / width
  const projected = await compute(run, () =>
    matmul(upload(run, block, width, size), upload(run, images, width, size).transpose()),
  )
  const { values, vectors } = decompose(projected, width)
  const rotation = leadingRows(vectors, count, new Float64Array(count * width))
  const rotate = (rows: Float64Array): Promise<RealArray> =>
    compute(run, () => matmul(upload(run, rotation, count, width), upload(run, rows, width, size)))
  const ritz = await rotate(block)
  const ritzImages = await rotate(images)
  let worst = 0
  for (let i = 0; i < count; i++) {
    let square = 0
    for (let c = i * size; c < (i + 1) * size; c++) square += (ritzImages[c] - values[i] * ritz[c]) ** 2
    worst = Math.max(worst, Math.sqrt(square))
  }
  return { values: Float64Array.from(values.slice(0, count)), vectors: ritz, residual: relative(worst, values[0]) }
}
