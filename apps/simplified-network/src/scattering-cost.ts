// How many multiplications the wavelet tree takes, counted by its steps; the learned networks' are in their plans.
import type { Path } from '@scatterlab/scattering'
import { SIDE } from './networks.ts'

/** Side of the padded grid: a block of 2^J pixels more on each side. */
export const gridOf = (scales: number): number => SIDE + 2 * 2 ** scales

/** Taps of the low-pass along one axis at the finest level, about: it is cut where it falls below single precision. */
const TAPS = 36

/**
 * Real multiplications for one digit, about: Fourier transforms as radix-2 without pruning, 2 n log₂ n for n complex numbers and half of
 * it for real ones; the product with each wavelet over the whole grid; the modulus; the average at the kept samples, rows then columns.
 */
export function scatteringMultiplications(paths: readonly Path[], scales: number): number {
  const grid = gridOf(scales)
  const kept = SIDE / 2 ** scales
  const side = ({ scales: on }: Pick<Path, 'scales'>): number => grid / 2 ** (on.at(-1) ?? 0)
  const transform = (n: number): number => 2 * n * Math.log2(n)
  const average = (width: number): number => {
    const taps = Math.min(width, (TAPS * width) / grid)
    return kept * taps * width + kept * kept * taps
  }
  return paths.reduce((sum, path) => {
    const own = side(path) ** 2
    const from = side({ scales: path.scales.slice(0, -1) }) ** 2
    const goesOn = paths.some(
      ({ scales: on, orientations }) =>
        on.length === path.order + 1 &&
        path.scales.every((scale, m) => on[m] === scale && orientations[m] === path.orientations[m]),
    )
    const filtered = path.order === 0 ? 0 : 2 * from + transform(own) + 2 * own
    return sum + filtered + (goesOn ? transform(own) / 2 : 0) + average(side(path))
  }, 0)
}
