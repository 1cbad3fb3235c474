// The tree of scattering paths: which wavelets follow each other, in which order their coefficients lie, and what each means.
import { ValueError } from '@scatterlab/tensor'
import type { FilterBank2d } from '@scatterlab/wavelets'

/** One path p = (λ1, …, λm): the coefficients S[p] = |…|x⋆ψ_λ1|…⋆ψ_λm| ⋆ φ. Lists have one entry an order. */
export interface Path {
  /** Position among the coefficients: order by order, within an order as its digits count. */
  readonly index: number
  /** m. */
  readonly order: number
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

/** A path with what the cascade needs: the wavelet that ends it, the resolution of its modulus, and the paths that go on from it. */
export interface PathNode extends Path {
  /** Index of its last wavelet in the bank; −1 for the empty path. */
  readonly wavelet: number
  /** Its modulus is sampled every 2^level pixels. */
  readonly level: number
  readonly children: readonly PathNode[]
}

/** Paths as a tree from the empty path, and as a list in the order of their indices. */
export interface PathTree {
  readonly root: PathNode
  readonly all: readonly PathNode[]
}

/** The most paths of a transform. */
const MOST_PATHS = 2 ** 18

/**
 * All paths to `maxOrder` whose scales grow by an octave or more at each step, since |x⋆ψ_j| has little energy at frequencies above
 * 2^{−j}: L^m·C(J, m) of order m for one wavelet an octave. `coarsest` limits the levels to those that the grid has.
 * Throws `ValueError` for more paths than can be served.
 */
export function pathTree(bank: FilterBank2d, maxOrder: number, coarsest: number): PathTree {
  const { scales, orientations, scalesPerOctave } = bank.options
  interface Growing extends PathNode {
    readonly children: Growing[]
  }
  const all: Growing[] = [
    {
      index: 0,
      order: 0,
      scales: [],
      orientations: [],
      angles: [],
      frequencies: [],
      bandwidths: [],
      wavelet: -1,
      level: 0,
      children: [],
    },
  ]
  for (let order = 1, from = 0; order <= maxOrder && from < all.length; order++) {
    const parents = all.slice(from)
    from = all.length
    const firstScale = ({ scales: on }: Path): number => (on.length === 0 ? 0 : on[on.length - 1] + scalesPerOctave)
    const total = parents.reduce((sum, path) => sum + orientations * Math.max(0, scales - firstScale(path)), from)
    if (total > MOST_PATHS) {
      throw new ValueError(
        `there are ${total} paths to order ${order}, more than ${MOST_PATHS}: lower \`maxOrder\` to ${order - 1}, or \`orientations\``,
      )
    }
    for (const parent of parents) {
      bank.psi.forEach((psi, wavelet) => {
        if (psi.scale < firstScale(parent)) return
        const node: Growing = {
          index: all.length,
          order,
          scales: [...parent.scales, psi.scale],
          orientations: [...parent.orientations, psi.orientation],
          angles: [...parent.angles, psi.theta],
          frequencies: [...parent.frequencies, psi.xi / (2 * Math.PI)],
          bandwidths: [...parent.bandwidths, 1 / (2 * Math.PI * psi.sigma)],
          wavelet,
          level: Math.min(Math.floor(psi.scale / scalesPerOctave), coarsest),
          children: [],
        }
        parent.children.push(node)
        all.push(node)
      })
    }
  }
  return { root: all[0], all }
}
