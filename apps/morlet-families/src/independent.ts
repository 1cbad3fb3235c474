// A(ω) of kymatio's and ScatNet's parameters on a 64×64 grid, computed before by other code, from the formulas alone and in another
// language: what the table of this app is held to.
import type { Family } from './families.ts'

/** Bounds of A(ω): as kymatio has its filters, and with ψ renormalised by ScatNet's rule; on |ω| ≤ π, and its least value on |ω| ≤ ¾π. */
export interface Bounds {
  readonly upper: number
  readonly lower: number
  readonly renormalisedUpper: number
  readonly renormalisedLower: number
  readonly inner: number
}

/** Families and their bounds, to three digits after the point. */
export const independent: readonly (Family & Bounds)[] = [
  row(2, 8, 1, [1.0, 0.3475, 1.029, 0.389, 0.651]),
  row(3, 8, 1, [1.014, 0.3475, 1.03, 0.353, 0.592]),
  row(4, 8, 1, [1.035, 0.3475, 1.049, 0.352, 0.591]),
  row(5, 8, 1, [1.03, 0.3475, 1.038, 0.35, 0.587]),
  row(3, 6, 1, [1.0, 0.3265, 1.029, 0.345, 0.616]),
  row(4, 4, 1, [1.0, 0.4025, 1.023, 0.462, 0.675]),
  row(4, 16, 1, [1.113, 0.293, 1.043, 0.274, 0.541]),
  row(8, 8, 2, [1.692, 0.512, 1.014, 0.307, 0.512]),
]

function row(
  J: number,
  C: number,
  Q: number,
  values: readonly [number, number, number, number, number],
): Family & Bounds {
  const [upper, lower, renormalisedUpper, renormalisedLower, inner] = values
  return { J, C, Q, upper, lower, renormalisedUpper, renormalisedLower, inner }
}
