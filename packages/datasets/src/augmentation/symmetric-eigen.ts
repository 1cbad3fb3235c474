// Eigenpairs of a small symmetric matrix by Jacobi rotations: for the 3×3 covariance of colours, not for large
// matrices.

/** `values` in descending order; `vectors[i]` is the unit eigenvector of `values[i]`. */
export interface Eigenpairs {
  readonly values: Float64Array
  readonly vectors: readonly Float64Array[]
}

const MAX_SWEEPS = 50

/**
 * The eigenpairs of the symmetric n×n `matrix`, given row by row. Source: G. Golub, C. Van Loan, Matrix computations,
 * 8.5 (cyclic Jacobi).
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigenpairs {
  const a = matrix.slice()
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  const size = Math.hypot(...a)
  for (let sweep = 0; sweep < MAX_SWEEPS && offDiagonal(a, n) > 1e-16 * size; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q)
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j] - a[i * n + i])
  return {
    values: Float64Array.from(order, (i) => a[i * n + i]),
    vectors: order.map((column) => Float64Array.from({ length: n }, (_, row) => v[row * n + column])),
  }
}

/** Makes a[p, q] zero by a ← Jᵀ a J and v ← v J. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]
  if (apq === 0) return
  const tau = (a[q * n + q] - a[p * n + p]) / (2 * apq)
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau))
  const c = 1 / Math.hypot(1, t)
  const s = t * c
  const turn = (m: Float64Array, i: number, j: number) => {
    const [x, y] = [m[i], m[j]]
    m[i] = c * x - s * y
    m[j] = s * x + c * y
  }
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q)
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k)
  for (let k = 0; k < n; k++) turn(v, k * n + p, k * n + q)
}

function offDiagonal(a: Float64Array, n: number): number {
  return Math.hypot(...a.filter((_, i) => Math.floor(i / n) !== i % n))
}
