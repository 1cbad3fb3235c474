// Systems (A + λI) X = B for many λ and one symmetric positive semidefinite A: conjugate gradients to a stated
// residual, preconditioned by the Cholesky factor of a nearby λ, of which as few as possible are made.
import { matmul } from '@scatterlab/tensor'
import { type CholeskyFactor, cholesky } from './cholesky.ts'
import { compute, upload } from './chunks.ts'
import { ConvergenceError } from './errors.ts'
import type { Run } from './run.ts'

const REACH = 12 // a factor serves the λ within this ratio of its own: a condition number of at most 12
const ITERATIONS = 200

/** Solves (A + λI) X = B; the factor at hand carries over to the next λ, and to an A that has grown a little. */
export interface RegularisedSystem {
  /** X for B [size, columns]: ‖B - (A + λI) X‖ ≤ tolerance·‖B‖ in every column, checked. */
  solve(penalty: number, right: Float64Array, columns: number, tolerance: number): Promise<Float64Array>
  /** Puts another A in place; where its size is the same, the factor stays as a preconditioner. */
  replace(matrix: Float64Array, size: number): void
  release(): void
}

/** A is symmetric [size, size] in row-major order, and is not changed. */
export function regularisedSystem(run: Run, matrix: Float64Array, size: number): RegularisedSystem {
  let a = matrix
  let rows = size
  let operator = upload(run, a, rows, rows)
  let factor: CholeskyFactor | null = null
  let factored = 0

  const multiply = async (x: Float64Array, columns: number, penalty: number): Promise<Float64Array> => {
    const product = (await compute(run, () => matmul(operator, upload(run, x, rows, columns)))) as Float64Array
    for (let i = 0; i < product.length; i++) product[i] += penalty * x[i]
    return product
  }

  return {
    async solve(penalty, right, columns, tolerance) {
      const ratio = Math.max(penalty / factored, factored / penalty)
      if (factor === null || !(ratio <= REACH)) {
        factor?.release()
        factor = null
        factor = await cholesky(run, a, rows, penalty)
        factored = penalty
      }
      const { solve } = factor
      return conjugateGradients(
        (x) => multiply(x, columns, penalty),
        (x) => solve(x, columns),
        right,
        columns,
        tolerance,
        run,
      )
    },
    replace(other, otherRows) {
      run.backend.release(operator.buffer)
      if (otherRows !== rows) {
        factor?.release()
        factor = null
      }
      a = other
      rows = otherRows
      operator = upload(run, a, rows, rows)
    },
    release() {
      run.backend.release(operator.buffer)
      factor?.release()
    },
  }
}

type Map = (x: Float64Array) => Promise<Float64Array>

/** Conjugate gradients for each column of X at once, from zero. */
async function conjugateGradients(
  multiply: Map,
  precondition: Map,
  right: Float64Array,
  columns: number,
  tolerance: number,
  run: Run,
): Promise<Float64Array> {
  const x = new Float64Array(right.length)
  const residual = right.slice()
  const goal = columnProducts(right, right, columns).map((square) => square * tolerance * tolerance)
  let direction: Float64Array | null = null
  let before: Float64Array = new Float64Array(columns)
  for (let iteration = 0; ; iteration++) {
    const left = columnProducts(residual, residual, columns)
    if (left.every((square, c) => square <= goal[c])) return x
    if (iteration === ITERATIONS) {
      throw new ConvergenceError(`a regularised system did not reach a residual of ${tolerance}: raise \`penalty\``)
    }
    const step: Float64Array = await precondition(residual)
    const now = columnProducts(residual, step, columns)
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
      residual[i] -= length[c] * image[i]
    }
    await run.breathe()
  }
}

const safe = (ratio: number): number => (Number.isFinite(ratio) ? ratio : 0)

function columnProducts(a: Float64Array, b: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns)
  for (let i = 0, c = 0; i < a.length; i++, c = (c + 1) % columns) sums[c] += a[i] * b[i]
  return sums
}
