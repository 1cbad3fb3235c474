// The paths of images: which wavelets of the plane follow each other, and what each path means.
import type { FilterBank2d } from '@scatterlab/wavelets'
import { type AnyPath, type PathTree, pathTree } from './paths.ts'

/** One path p = (λ1, …, λm) of an image: the coefficients S[p] = |…|x⋆ψ_λ1|…⋆ψ_λm| ⋆ φ. Lists have one entry an order. */
export interface Path extends AnyPath {
  /** Scale indices j. */
  readonly scales: readonly number[]
  /** Orientation indices, 0 … L−1. */
  readonly orientations: readonly number[]
  /** Orientations in radians: the direction in which each wavelet oscillates, from the row axis to the column axis. */
  readonly angles: readonly number[]
  /** Centre frequencies of the wavelets, in cycles per pixel. */
  readonly frequencies: readonly number[]
  /** Bandwidths of the wavelets along their direction: one standard deviation of the envelope in Fourier, in cycles per pixel. */
  readonly bandwidths: readonly number[]
}

/**
 * All paths to `maxOrder` whose scales grow by an octave or more at each step, since |x⋆ψ_j| has little energy at frequencies above
 * 2^{−j}: L^m·C(J, m) of order m for one wavelet an octave. `coarsest` limits the levels to those that the grid has.
 * Throws `ValueError` for more paths than can be served.
 */
export function imagePaths(bank: FilterBank2d, maxOrder: number, coarsest: number): PathTree<Path> {
  const { scales, orientations, scalesPerOctave } = bank.options
  const firstScale = ({ scales: on }: Path): number => (on.length === 0 ? 0 : on[on.length - 1] + scalesPerOctave)
  return pathTree<Path>({
    empty: { scales: [], orientations: [], angles: [], frequencies: [], bandwidths: [] },
    maxOrder,
    countFrom: (path) => orientations * Math.max(0, scales - firstScale(path)),
    *from(path) {
      for (const [wavelet, psi] of bank.psi.entries()) {
        if (psi.scale < firstScale(path)) continue
        yield {
          wavelet,
          level: Math.min(Math.floor(psi.scale / scalesPerOctave), coarsest),
          path: {
            scales: [...path.scales, psi.scale],
            orientations: [...path.orientations, psi.orientation],
            angles: [...path.angles, psi.theta],
            frequencies: [...path.frequencies, psi.xi / (2 * Math.PI)],
            bandwidths: [...path.bandwidths, 1 / (2 * Math.PI * psi.sigma)],
          },
        }
      }
    },
    fix: (order) => `lower \`maxOrder\` to ${order - 1}, or \`orientations\``,
  })
}
