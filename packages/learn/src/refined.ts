// Systems whose matrix is known as a product and, roughly, as a factor: conjugate gradients to a stated residual.
import { columnProducts, conjugateGradients } from './conjugate-gradients.ts'
import { ConvergenceError } from './errors.ts'
import type { PanelFactor } from './panels.ts'

const ITERATIONS = 100

/** X with ‖B − A X‖ ≤ tolerance·‖B‖ in every column. Throws `ConvergenceError` where rounding does not let it come so far. */
export function refinedSolution(
  factor: PanelFactor,
  multiply: (x: Float64Array) => Promise<Float64Array>,
  right: Float64Array,
  columns: number,
  tolerance: number,
): Promise<Float64Array> {
  const goal = columnProducts(right, right, columns).map((square) => square * tolerance * tolerance)
  return conjugateGradients(
    multiply,
    (x) => factor.solve(x, columns),
    right,
    columns,
    ({ steps, residual }) => {
      const done = residual.every((square, c) => square <= goal[c])
      if (done || steps < ITERATIONS) return done
      const reached = Math.sqrt(
        residual.reduce((most, square, c) => Math.max(most, (square * tolerance ** 2) / goal[c]), 0),
      )
      throw new ConvergenceError(
        `a system reached a residual of ${reached.toExponential(1)}, not ${tolerance}: raise \`penalty\` or \`tolerance\``,
      )
    },
  )
}
