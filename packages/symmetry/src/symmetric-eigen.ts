// All eigenpairs of a small symmetric matrix by Jacobi's rotations: slow, simple, and as exact as double precision allows. Not for
// matrices of more than a few hundred rows.

/** λ_1 ≥ … ≥ λ_n and their unit vectors, one a row. */
export interface SymmetricEigen {
  readonly values: Float64Array
  readonly vectors: readonly Float64Array[]
}

const SWEEPS = 60
/** What stands beside the diagonal is rounding below this share of it, for each row. */
const ROUNDING = 2 ** -52

/** Of a symmetric matrix [n, n], which is overwritten. */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  const v = Array.from({ length: n }, (_, i) => new Float64Array(n).fill(1, i, i + 1))
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let [off, diagonal] = [0, 0]
    for (let p = 0; p < n; p++) {
      diagonal += a[p * n + p] ** 2
      for (let q = p + 1; q < n; q++) off += a[p * n + q] ** 2
    }
    if (off <= (n * ROUNDING) ** 2 * diagonal) break
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) turn(a, v, n, p, q)
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((p, q) => a[q * n + q] - a[p * n + p])
  return { values: Float64Array.from(order, (i) => a[i * n + i]), vectors: order.map((i) => v[i]) }
}

/** One rotation in the plane (p, q) that makes a[p][q] zero. */
function turn(a: Float64Array, v: readonly Float64Array[], n: number, p: number, q: number): void {
  const apq = a[p * n + q]
  if (apq === 0) return
  const half = (a[q * n + q] - a[p * n + p]) / (2 * apq)
  const t = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(half, 1))
  const c = 1 / Math.hypot(t, 1)
  const s = t * c
  for (let k = 0; k < n; k++) {
    const [kp, kq] = [a[k * n + p], a[k * n + q]]
    a[k * n + p] = c * kp - s * kq
    a[k * n + q] = s * kp + c * kq
  }
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [a[p * n + k], a[q * n + k]]
    a[p * n + k] = c * pk - s * qk
    a[q * n + k] = s * pk + c * qk
    const [vp, vq] = [v[p][k], v[q][k]]
    v[p][k] = c * vp - s * vq
    v[q][k] = s * vp + c * vq
  }
}
