// The leading eigenpairs of a symmetric matrix: dense by ml-matrix where it is small, else a block Krylov method with full
// reorthogonalisation and thick restarts, whose residuals are computed and checked. Not for interior or smallest eigenvalues.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import {
  type RealArray,
  type Tensor,
  ShapeError,
  ValueError,
  dtypeOf,
  empty,
  formatShape,
  matmul,
  random,
  realArray,
  scope,
} from '@scatterlab/tensor'
import { compute, upload } from './chunks.ts'
import { ConvergenceError } from './errors.ts'
import { type Run, type RunOptions, startRun } from './run.ts'

const DENSE_SIZE = 512
const BLOCK = 48
const RESTARTS = 12

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
  /** Bound on the residual of every pair, relative to |λ_1|; default 1e-5 in single precision and 1e-8 in double. */
  readonly tolerance?: number
  /** Seed of the random block that the method starts from; default 0. */
  readonly seed?: number | string
}

/**
 * The `count` largest eigenvalues and their vectors of a symmetric positive semidefinite matrix [n, n]; the result satisfies
 * ‖A v_i - λ_i v_i‖ ≤ tolerance·λ_1, checked. The method is block Lanczos with Rayleigh–Ritz on the whole basis (Golub and
 * Underwood 1977; restarts of Wu and Simon 2000), products on the back end in the element type of the matrix. Like every
 * Krylov method it proves that these are eigenpairs, not that it saw all of them: a random start misses one with
 * probability zero. Throws `ShapeError`, `ValueError` for a count outside 1 … n, `ConvergenceError` with the residual reached.
 */
export async function leadingEigenpairs(
  matrix: { readonly data: RealArray; readonly shape: readonly number[] },
  count: number,
  options: EigenOptions = {},
): Promise<Eigenpairs> {
  const { data, shape } = matrix
  const [size] = shape
  if (shape.length !== 2 || shape[1] !== size || data.length !== size * size) {
    throw new ShapeError(`${data.length} numbers of shape ${formatShape(shape)}: eigenpairs need a square matrix`)
  }
  if (!Number.isInteger(count) || count < 1 || count > size) {
    throw new ValueError(
      `count ${count} of eigenpairs of a ${size}×${size} matrix: give a whole number from 1 to ${size}`,
    )
  }
  const single = dtypeOf(data) === 'float32'
  const { tolerance = single ? 1e-5 : 1e-8, seed = 0 } = options
  if (!(tolerance > 0)) throw new ValueError(`tolerance ${tolerance}: give a positive number such as 1e-5`)
  const run = startRun(options)
  if (size <= Math.max(DENSE_SIZE, 2 * count)) return dense(data, size, count)
  const a = upload(run, data, size, size)
  try {
    return await krylov(run, a, count, tolerance, seed)
  } finally {
    run.backend.release(a.buffer)
  }
}

/** All eigenpairs of a small symmetric matrix, largest first, by ml-matrix (Householder, implicit QL; double precision). */
function decompose(data: ArrayLike<number>, size: number): { values: number[]; vectors: Matrix } {
  const full = new Matrix(size, size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) full.set(i, j, (data[i * size + j] + data[j * size + i]) / 2)
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(full, { assumeSymmetric: true })
  return { values: realEigenvalues.toReversed(), vectors: eigenvectorMatrix.flipRows() }
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

/**
 * An orthonormal basis Q, one vector a row, with its images Q·A, on the back end. Grows by blocks and shrinks to Ritz
 * vectors.
 */
interface Basis {
  readonly vectors: Tensor
  readonly images: Tensor
  count: number
}

async function krylov(
  run: Run,
  a: Tensor,
  count: number,
  tolerance: number,
  seed: number | string,
): Promise<Eigenpairs> {
  const size = a.shape[0]
  const noise = random(seed)
  const block = Math.min(BLOCK, Math.max(8, count))
  const keep = count + block
  const capacity = Math.min(size, Math.max(3 * count, keep) + 6 * block)
  const like = { dtype: a.dtype, backend: run.backend }
  const basis: Basis = { vectors: empty([capacity, size], like), images: empty([capacity, size], like), count: 0 }
  let residual = Infinity
  let check = Math.min(capacity, Math.ceil(1.7 * count) + block)
  let restarts = 0
  let next: RealArray = noise.fillNormal(realArray(a.buffer.dtype, block * size))
  try {
    for (;;) {
      const grown = await orthonormalise(run, basis, next, noise)
      if (basis.count + block > capacity) {
        if (restarts++ === RESTARTS) throw stalled(residual, tolerance, a)
        await shrink(run, basis, keep)
        check = capacity
      }
      await append(run, basis, a, grown)
      await run.step('eigenpairs', Math.min(basis.count, check), check)
      if (basis.count + block > Math.min(check, capacity)) {
        const pairs = await ritzPairs(run, basis, count)
        residual = pairs.residual
        if (residual <= tolerance || basis.count === size) return pairs
        check = Math.min(capacity, Math.ceil(basis.count * 1.25))
      }
      next = await compute(run, () => basis.images.slice([basis.count - block, basis.count]).clone())
    }
  } finally {
    run.backend.release(basis.vectors.buffer)
    run.backend.release(basis.images.buffer)
  }
}

function stalled(residual: number, tolerance: number, a: Tensor): ConvergenceError {
  return new ConvergenceError(
    `eigenpairs of a ${formatShape(a.shape)} ${a.dtype} matrix reached a residual of ${residual.toExponential(1)}·λ1, not ` +
      `${tolerance}·λ1: raise \`tolerance\`, or give the matrix in double precision`,
  )
}

/** The rows of `block` made orthonormal to the basis and to each other: two passes, as one loses digits. */
async function orthonormalise(
  run: Run,
  basis: Basis,
  block: RealArray,
  noise: ReturnType<typeof random>,
): Promise<RealArray> {
  const size = basis.vectors.shape[1]
  const rows = block.length / size
  let current = block
  for (let pass = 0; pass < 2; pass++) {
    const projected = current
    if (basis.count > 0) {
      current = await compute(run, () => {
        const known = basis.vectors.slice([0, basis.count])
        const x = upload(run, projected, rows, size).clone()
        const negative = empty([rows, basis.count], { dtype: x.dtype, backend: run.backend })
        run.backend.map('neg', matmul(x, known.transpose()), negative)
        run.backend.matmul(negative, known, x, true)
        return x
      })
    }
    const replaced = gramSchmidt(current, rows, size, noise)
    if (replaced) pass = Math.min(pass, 0)
    await run.breathe()
  }
  return current
}

/** Modified Gram–Schmidt in place, in double precision; a row that depends on those before it becomes random (true is returned). */
function gramSchmidt(block: RealArray, rows: number, size: number, noise: ReturnType<typeof random>): boolean {
  const work = Float64Array.from(block)
  let replaced = false
  for (let i = 0; i < rows; i++) {
    const row = work.subarray(i * size, (i + 1) * size)
    const before = norm(row)
    for (let j = 0; j < i; j++) subtractProjection(row, work.subarray(j * size, (j + 1) * size))
    let length = norm(row)
    if (!(length > 1e-6 * before)) {
      noise.fillNormal(row)
      for (let j = 0; j < i; j++) subtractProjection(row, work.subarray(j * size, (j + 1) * size))
      length = norm(row)
      replaced = true
    }
    for (let c = 0; c < size; c++) row[c] /= length
  }
  block.set(work)
  return replaced
}

function norm(row: Float64Array): number {
  let square = 0
  for (let c = 0; c < row.length; c++) square += row[c] * row[c]
  return Math.sqrt(square)
}

function subtractProjection(row: Float64Array, unit: Float64Array): void {
  let product = 0
  for (let c = 0; c < row.length; c++) product += row[c] * unit[c]
  for (let c = 0; c < row.length; c++) row[c] -= product * unit[c]
}

async function append(run: Run, basis: Basis, a: Tensor, block: RealArray): Promise<void> {
  const size = a.shape[0]
  const rows = block.length / size
  scope(() => {
    const x = upload(run, block, rows, size)
    const to = [basis.count, basis.count + rows] as const
    run.backend.copy(x, basis.vectors.slice(to))
    run.backend.matmul(x, a, basis.images.slice(to))
  })
  await run.breathe()
  basis.count += rows
}

/** H = Q A Qᵀ = W Θ Wᵀ, dense. */
async function rayleighRitz(run: Run, basis: Basis): Promise<{ values: number[]; vectors: Matrix }> {
  const m = basis.count
  const projected = await compute(run, () =>
    matmul(basis.vectors.slice([0, m]), basis.images.slice([0, m]).transpose()),
  )
  return decompose(projected, m)
}

/** The leading Ritz pairs of the basis with their true residuals. */
async function ritzPairs(run: Run, basis: Basis, count: number): Promise<Eigenpairs> {
  const m = basis.count
  const { values, vectors } = await rayleighRitz(run, basis)
  const rotation = leadingRows(vectors, count, realArray(basis.vectors.buffer.dtype, count * m))
  const rotate = (x: Tensor): Promise<RealArray> =>
    compute(run, () => matmul(upload(run, rotation, count, m), x.slice([0, m])))
  const ritz = await rotate(basis.vectors)
  const images = await rotate(basis.images)
  const size = basis.vectors.shape[1]
  let worst = 0
  for (let i = 0; i < count; i++) {
    let length = 0
    for (let c = i * size; c < (i + 1) * size; c++) length += ritz[c] * ritz[c]
    length = Math.sqrt(length)
    let square = 0
    for (let c = i * size; c < (i + 1) * size; c++) {
      square += (images[c] - values[i] * ritz[c]) ** 2
      ritz[c] /= length
    }
    worst = Math.max(worst, Math.sqrt(square) / length)
  }
  return { values: Float64Array.from(values.slice(0, count)), vectors: ritz, residual: relative(worst, values[0]) }
}

/** Keeps the leading Ritz vectors only. */
async function shrink(run: Run, basis: Basis, keep: number): Promise<void> {
  const m = basis.count
  const { vectors } = await rayleighRitz(run, basis)
  const rotation = leadingRows(vectors, keep, realArray(basis.vectors.buffer.dtype, keep * m))
  scope(() => {
    const w = upload(run, rotation, keep, m)
    for (const rows of [basis.vectors, basis.images])
      run.backend.copy(matmul(w, rows.slice([0, m])), rows.slice([0, keep]))
  })
  await run.breathe()
  basis.count = keep
}
