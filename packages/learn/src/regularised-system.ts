// Systems (A + λI) X = B for many λ and one symmetric positive semidefinite A: conjugate gradients to a stated
// residual, preconditioned by the Cholesky factor of a nearby λ, of which as few as possible are made.
import { matmul } from '@scatterlab/tensor'
import { type CholeskyFactor, cholesky } from './cholesky.ts'
import { compute, upload } from './chunks.ts'
import { columnProducts, conjugateGradients } from './conjugate-gradients.ts'
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
    await run.breathe()
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
      const goal = columnProducts(right, right, columns).map((square) => square * tolerance * tolerance)
      return conjugateGradients(
        (x) => multiply(x, columns, penalty),
        (x) => solve(x, columns),
        right,
        columns,
        ({ steps, residual }) => {
          const done = residual.every((square, c) => square <= goal[c])
          if (done || steps < ITERATIONS) return done
          throw new ConvergenceError(`a regularised system did not reach a residual of ${tolerance}: raise \`penalty\``)
        },
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
