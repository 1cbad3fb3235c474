// Cholesky factors of symmetric positive definite matrices, blocked: the work of third order is products on the back end, in
// double precision. Only the diagonal blocks are factored and inverted here.
import * as operations from '@scatterlab/tensor/operations'
import { type RealArray, type Tensor, ValueError, matmul, neg, scope, sub } from '@scatterlab/tensor'
import { compute, upload } from './chunks.ts'
import type { Run } from './run.ts'

const BLOCK = 128
const PANEL = 512

/** A = L Lᵀ, on the back end until released. */
export interface CholeskyFactor {
  /** A⁻¹ B for B [size, columns] in row-major order. */
  solve(right: Float64Array, columns: number): Promise<Float64Array>
  release(): void
}

/**
 * Factors A + shift·I, A symmetric [size, size] in row-major order. Throws `ValueError` where that is not positive
 * definite to double precision.
 */
export async function cholesky(run: Run, matrix: Float64Array, size: number, shift: number): Promise<CholeskyFactor> {
  const shifted = matrix.slice()
  for (let i = 0; i < size; i++) shifted[i * size + i] += shift
  // L below the diagonal blocks; in the diagonal blocks the inverses of those of L
  const factor = upload(run, shifted, size, size)
  const release = (): void => run.backend.release(factor.buffer)
  try {
    for (let top = 0; top < size; top += BLOCK) await eliminate(run, factor, top, Math.min(size, top + BLOCK))
  } catch (error) {
    release()
    throw error
  }
  return { solve: (right, columns) => solve(run, factor, right, columns), release }
}

async function eliminate(run: Run, factor: Tensor, top: number, bottom: number): Promise<void> {
  const { backend } = run
  const [size] = factor.shape
  const block = await compute(run, () => factor.slice([top, bottom], [top, bottom]).clone())
  const { inverse, pivots } = inverseFactor(block, bottom - top, 0)
  if (!pivots.every((pivot) => pivot > 0))
    throw new ValueError('a matrix that is not positive definite has no Cholesky factor: raise `penalty`')
  scope(() => {
    const inverseBlock = upload(run, inverse, bottom - top, bottom - top)
    operations.copy(backend, inverseBlock, factor.slice([top, bottom], [top, bottom]))
    if (bottom === size) return
    const below = factor.slice([bottom], [top, bottom])
    const lower = matmul(below, inverseBlock.transpose())
    const negative = neg(lower)
    operations.copy(backend, lower, below)
    for (let left = bottom; left < size; left += PANEL) {
      const right = Math.min(size, left + PANEL)
      const columns = lower.slice([left - bottom, right - bottom]).transpose()
      operations.matmul(backend, negative.slice([left - bottom]), columns, factor.slice([left], [left, right]), true)
    }
  })
  await run.breathe()
}

/**
 * L⁻¹ for a small A = L Lᵀ, and the pivots, the squares of L's diagonal before they are raised to `least`: of a Gram matrix
 * they are the squared norms that rows add to the span of those before them.
 */
export function inverseFactor(a: RealArray, n: number, least: number): { inverse: Float64Array; pivots: Float64Array } {
  const factor = new Float64Array(n * n)
  const inverse = new Float64Array(n * n)
  const pivots = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]
      for (let k = 0; k < j; k++) sum -= factor[i * n + k] * factor[j * n + k]
      if (i === j) pivots[i] = sum
      factor[i * n + j] = i === j ? Math.sqrt(Math.max(sum, least)) : sum / factor[j * n + j]
    }
  }
  for (let i = 0; i < n; i++) {
    // row i of L⁻¹ from the rows above: L[i, i]·L⁻¹[i] = e_i − Σ_{k<i} L[i, k]·L⁻¹[k]
    const row = inverse.subarray(i * n, (i + 1) * n)
    row[i] = 1
    for (let k = 0; k < i; k++) {
      const weight = factor[i * n + k]
      for (let j = 0; j <= k; j++) row[j] -= weight * inverse[k * n + j]
    }
    for (let j = 0; j <= i; j++) row[j] /= factor[i * n + i]
  }
  return { inverse, pivots }
}

/** L⁻ᵀ L⁻¹ B, a block of rows at a time. */
async function solve(run: Run, factor: Tensor, right: Float64Array, columns: number): Promise<Float64Array> {
  const [size] = factor.shape
  const blocks = Array.from({ length: Math.ceil(size / BLOCK) }, (_, b): [number, number] => [
    b * BLOCK,
    Math.min(size, (b + 1) * BLOCK),
  ])
  const solution = await compute(run, () => {
    const x = upload(run, right, size, columns).clone()
    /** x[own] ← inverse·(x[own] - known·x[found]). */
    const substitute = (own: Tensor, inverse: Tensor, known: Tensor, found: Tensor): void =>
      scope(() => {
        const rest = found.shape[0] > 0 ? sub(own, matmul(known, found)) : own
        operations.copy(run.backend, matmul(inverse, rest), own)
      })
    for (const [top, bottom] of blocks) {
      const rows = factor.slice([top, bottom])
      substitute(x.slice([top, bottom]), rows.slice([0], [top, bottom]), rows.slice([0], [0, top]), x.slice([0, top]))
    }
    for (const [top, bottom] of blocks.toReversed()) {
      const lines = factor.slice([0], [top, bottom]).transpose()
      substitute(x.slice([top, bottom]), lines.slice([0], [top, bottom]), lines.slice([0], [bottom]), x.slice([bottom]))
    }
    return x
  })
  return solution as Float64Array
}
