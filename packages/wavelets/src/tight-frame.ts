// A bank made a tight frame: every filter divided by √A(ω), so that Wx keeps the norm of x. Such filters are no longer Morlets, nor is φ
// separable: they stand on their whole grid.
import { ValueError, checkArgument } from '@scatterlab/tensor'
import { toGrid } from './box.ts'
import { type Bank, aBank, littlewoodPaley, lowPassOnGrid } from './littlewood-paley.ts'

/** Filters on their grid, row-major, in the order of the discrete Fourier transform. */
export interface TightFrame {
  /** The grid; one row for signals. */
  readonly shape: readonly [height: number, width: number]
  /** ψ̂/√A, in the order of the bank. */
  readonly psi: readonly Float64Array[]
  /** φ̂_J/√A. */
  readonly phi: Float64Array
}

/** Below this A(ω) no filter can be told from rounding. */
const LEAST = 1e-12

/**
 * ψ̂/√A and φ̂/√A with A(ω) = |φ̂|² + ½ Σ (|ψ̂(ω)|² + |ψ̂(−ω)|²): the same sum of these filters is 1 at every frequency of the grid, hence
 * ‖x ⋆ φ‖² + Σ ‖x ⋆ ψ‖² = ‖x‖² for real x. Throws `ValueError` where a frequency is covered by no filter.
 */
export function tightFrame(bank: Bank): TightFrame {
  checkArgument('tightFrame: bank', bank, aBank)
  const { sum, shape } = littlewoodPaley(bank)
  const bare = sum.findIndex((a) => !(a > LEAST))
  if (bare >= 0) {
    const [row, column] = [Math.floor(bare / shape[1]), bare % shape[1]]
    throw new ValueError(
      `tightFrame: no filter of the bank covers frequency (${row}, ${column}) of the grid ${shape.join('×')}: lower \`xi\` or \`sigma\``,
    )
  }
  const gain = sum.map((a) => 1 / Math.sqrt(a))
  const low = lowPassOnGrid(bank)
  return {
    shape,
    psi: bank.psi.map((psi) => toGrid(psi.atLevel(0)).map((value, at) => value * gain[at])),
    phi: low.map((value, at) => value * gain[at]),
  }
}
