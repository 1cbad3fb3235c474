// Preconditioned conjugate gradients for symmetric positive definite systems A X = B, each column of X by itself. The caller
// gives A, and says when the answer is near enough.

/** Vectors of several columns, [size, columns] in row-major order. */
type LinearMap = (x: Float64Array) => Promise<Float64Array>

/** How far the iteration is, one number a column. */
export interface ConjugateGradientsState {
  readonly steps: number
  /** ‖B - A X‖². */
  readonly residual: Float64Array
  /** What the last step took off ½XᵀA X - BᵀX, and all steps together. */
  readonly gain: Float64Array
  readonly total: Float64Array
}

/**
 * X for B by steps from zero until `isDone` (Golub and Van Loan, section 11.5): `multiply` is X ↦ A X, `precondition` an
 * estimate of B ↦ A⁻¹B.
 */
export async function conjugateGradients(
  multiply: LinearMap,
  precondition: LinearMap,
  right: Float64Array,
  columns: number,
  isDone: (state: ConjugateGradientsState) => boolean,
): Promise<Float64Array> {
  const x = new Float64Array(right.length)
  const r = right.slice()
  const total = new Float64Array(columns)
  let gain: Float64Array = new Float64Array(columns)
  let direction: Float64Array | null = null
  let before: Float64Array = new Float64Array(columns)
  for (let steps = 0; ; steps++) {
    if (isDone({ steps, residual: columnProducts(r, r, columns), gain, total })) return x
    const step: Float64Array = await precondition(r)
    const now = columnProducts(r, step, columns)
    if (direction !== null)
      for (let i = 0, c = 0; i < step.length; i++, c = (c + 1) % columns)
        step[i] += safe(now[c] / before[c]) * direction[i]
    direction = step
    before = now
    const image = await multiply(direction)
    const curvature = columnProducts(direction, image, columns)
    const length = now.map((value, c) => safe(value / curvature[c]))
    for (let i = 0, c = 0; i < x.length; i++, c = (c + 1) % columns) {
      x[i] += length[c] * direction[i]
      r[i] -= length[c] * image[i]
    }
    gain = length.map((value, c) => (value * now[c]) / 2)
    for (let c = 0; c < columns; c++) total[c] += gain[c]
  }
}

const safe = (ratio: number): number => (Number.isFinite(ratio) ? ratio : 0)

/** aᵀb of each column. */
export function columnProducts(a: Float64Array, b: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns)
  for (let i = 0, c = 0; i < a.length; i++, c = (c + 1) % columns) sums[c] += a[i] * b[i]
  return sums
}
