// How far a filter reaches in time: what padding needs to know.
import { checkArgument, numberFrom } from '@scatterlab/tensor'
import { type Box, aBox } from './box.ts'
import { responseInTime } from './morlet-1d.ts'

/**
 * The smallest n ≥ 1 such that Σ_{n−1 ≤ t < ⌊N/2⌋} |h(t)| is at most `tail` (1e-3) of ‖h‖₁; ⌊N/2⌋ where there is none, and the filter is too
 * long for its grid. The filter of one row is given in Fourier and centred at 0 (kymatio 0.4's `compute_temporal_support`). Throws
 * `ValueError` for what is no such filter.
 */
export function supportInTime(box: Box, tail: number = 1e-3): number {
  checkArgument('supportInTime: box', box, aBox)
  checkArgument('supportInTime: box.grid', box.grid, (grid) =>
    (grid as Box['grid'])[0] === 1 ? undefined : 'the grid of a signal, [1, N]',
  )
  checkArgument('supportInTime: tail', tail, numberFrom(0, 1))
  const response = responseInTime(box)
  const most = tail * response.reduce((sum, v) => sum + v, 0)
  const half = Math.floor(response.length / 2)
  let left = 0
  let first = half
  for (let t = half - 1; t >= 0; t--) {
    left += response[t]
    if (left > most) break
    first = t
  }
  return Math.min(first + 1, half)
}
