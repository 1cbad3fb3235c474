// Resolutions: the grid subsampled by 2^level, and what is kept for each; and by which convention a filter is taken there.
import { ValueError, checkArgument, wholeNumber } from '@scatterlab/tensor'

/** How filters are defined on the grid. */
export type Convention =
  /** kymatio's numbers to rounding: its constant 3.1415 for π, angles in its order, bands cut before a level is folded. */
  | 'kymatio'
  /** The closed form at every level: exact normalisation, whole period of angles upwards from 0, aliases summed. */
  | 'exact'

/** Builds once for each level, when it is first asked for. */
export function perLevel<T>(build: (level: number) => T): (level: number) => T {
  const kept = new Map<number, T>()
  return (level) => {
    checkArgument('level', level, wholeNumber(0))
    const found = kept.get(level) ?? build(level)
    kept.set(level, found)
    return found
  }
}

/** The grid subsampled by 2^level. Throws `ValueError` where it is not whole. */
export function subsampled(length: number, level: number): number {
  const coarse = length / 2 ** level
  if (!Number.isInteger(coarse) || coarse < 1)
    throw new ValueError(`a grid of ${length} points has no level ${level}: it is not a multiple of ${2 ** level}`)
  return coarse
}
