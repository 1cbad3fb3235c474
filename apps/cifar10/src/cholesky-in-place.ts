// A = L Lᵀ over the memory of A, which is as large as the back end holds: only the lower triangle is read and written. The work of
// third order is matrix products on the back end; blocks of the diagonal are factored here, in double precision.
import { type Tensor, ValueError, matmul, neg, scope, sub, tensor } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'

const BLOCK = 128
/** What is written above the diagonal lies in squares of this side on the diagonal. */
export const SQUARE = 1024

/**
 * Writes L below the diagonal blocks of A + shift·I, and in the diagonal blocks the inverses of those of L. Throws `ValueError` where
 * that is not positive definite to the precision of A.
 */
export async function choleskyInPlace(a: Tensor, shift: number): Promise<void> {
  const { backend, dtype } = a
  const [size] = a.shape
  for (let top = 0; top < size; top += BLOCK) {
    const bottom = Math.min(size, top + BLOCK)
    const n = bottom - top
    const block = scope(() => a.slice([top, bottom], [top, bottom]).clone())
    const values = Float64Array.from(await block.read())
    backend.release(block.buffer)
    const inverse = inverseFactor(values, n, shift)
    scope(() => {
      const inverseBlock = tensor(dtype === 'float64' ? inverse : Float32Array.from(inverse), [n, n], { backend })
      operations.copy(backend, inverseBlock, a.slice([top, bottom], [top, bottom]))
      if (bottom === size) return
      const below = a.slice([bottom], [top, bottom])
      const lower = matmul(below, inverseBlock.transpose())
      operations.copy(backend, lower, below)
      const negative = neg(lower)
      for (let from = bottom; from < size;) {
        const to = Math.min(size, (Math.floor(from / SQUARE) + 1) * SQUARE)
        const right = lower.slice([0, to - bottom]).transpose()
        const own = a.slice([from, to], [bottom, to])
        operations.matmul(backend, negative.slice([from - bottom, to - bottom]), right, own, true)
        from = to
      }
    })
  }
}

/** A that lies aside while something else is computed in its place. */
export interface SetAside {
  /** Brings A's lower triangle back; may be called again. */
  restore(): void
  release(): void
}

/**
 * Sets the lower triangle of A aside, as its mirror image above the diagonal, which `choleskyInPlace` leaves alone; only the squares on
 * the diagonal are copied. So a second A needs no memory.
 */
export function setAside(a: Tensor): SetAside {
  const { backend } = a
  const [size] = a.shape
  const spans = Array.from({ length: Math.ceil(size / SQUARE) }, (_, s): [number, number] => [
    s * SQUARE,
    Math.min(size, (s + 1) * SQUARE),
  ])
  const squares = spans.map((span) => scope(() => a.slice(span, span).clone()))
  const left = ([top, bottom]: [number, number]): Tensor => a.slice([top, bottom], [0, top])
  const above = ([top, bottom]: [number, number]): Tensor => a.slice([0, top], [top, bottom]).transpose()
  for (const span of spans.slice(1)) operations.copy(backend, left(span), above(span))
  return {
    restore() {
      for (const [s, span] of spans.entries()) {
        if (s > 0) operations.copy(backend, above(span), left(span))
        operations.copy(backend, squares[s], a.slice(span, span))
      }
    },
    release() {
      for (const { buffer } of squares) backend.release(buffer)
    },
  }
}

/** x ← (L Lᵀ)⁻¹ x, L as `choleskyInPlace` left it; x is [size, columns]. */
export async function solveInPlace(factor: Tensor, x: Tensor): Promise<void> {
  const { backend } = factor
  const [size] = factor.shape
  const blocks = Array.from({ length: Math.ceil(size / BLOCK) }, (_, b) => [
    b * BLOCK,
    Math.min(size, (b + 1) * BLOCK),
  ]) as [number, number][]
  const substitute = (own: Tensor, inverse: Tensor, known: Tensor, found: Tensor): void =>
    scope(() => {
      const rest = found.shape[0] > 0 ? sub(own, matmul(known, found)) : own
      operations.copy(backend, matmul(inverse, rest), own)
    })
  for (const [top, bottom] of blocks) {
    const rows = factor.slice([top, bottom])
    substitute(x.slice([top, bottom]), rows.slice(null, [top, bottom]), rows.slice(null, [0, top]), x.slice([0, top]))
  }
  for (const [top, bottom] of blocks.toReversed()) {
    const lines = factor.slice(null, [top, bottom]).transpose()
    substitute(x.slice([top, bottom]), lines.slice(null, [top, bottom]), lines.slice(null, [bottom]), x.slice([bottom]))
  }
  await x.slice([0, 1], [0, 1]).read()
}

/** L⁻¹ for a small A + shift·I = L Lᵀ, whose lower triangle is read. */
function inverseFactor(a: Float64Array, n: number, shift: number): Float64Array<ArrayBuffer> {
  const factor = new Float64Array(n * n)
  const inverse = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j] + (i === j ? shift : 0)
      for (let k = 0; k < j; k++) sum -= factor[i * n + k] * factor[j * n + k]
      if (i === j && !(sum > 0))
        throw new ValueError('the products of these features are not positive definite: raise the penalty')
      factor[i * n + j] = i === j ? Math.sqrt(sum) : sum / factor[j * n + j]
    }
  }
  for (let i = 0; i < n; i++) {
    const row = inverse.subarray(i * n, (i + 1) * n)
    row[i] = 1
    for (let k = 0; k < i; k++) {
      const weight = factor[i * n + k]
      for (let j = 0; j <= k; j++) row[j] -= weight * inverse[k * n + j]
    }
    for (let j = 0; j <= i; j++) row[j] /= factor[i * n + i]
  }
  return inverse
}
