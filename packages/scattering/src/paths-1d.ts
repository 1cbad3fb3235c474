// The paths of signals: which wavelets follow each other, how densely their moduli are sampled, and what each path means.
import type { Filter1d } from '@scatterlab/wavelets'
import type { CompleteOptions1d } from './options-1d.ts'
import { type AnyPath, type PathTree, pathTree } from './paths.ts'

/** One path p = (λ1, …, λm) of a signal: the coefficients S[p] = |…|x⋆ψ_λ1|…⋆ψ_λm| ⋆ φ. Lists have one entry an order. */
export interface Path1d extends AnyPath {
  /** Indices n of the wavelets in the bank of their order, the finest first. */
  readonly wavelets: readonly number[]
  /** Octaves j: what passes the wavelet has no frequency above 2^{−j−1} cycles per sample. */
  readonly octaves: readonly number[]
  /** Centre frequencies of the wavelets, in cycles per sample. */
  readonly frequencies: readonly number[]
  /** Bandwidths of the wavelets: one standard deviation of the envelope in Fourier, in cycles per sample. */
  readonly bandwidths: readonly number[]
  /** How far a coefficient reaches to either side, in samples: where the envelopes of φ and the wavelets have fallen to 1/1000, summed. */
  readonly reach: number
  /** The same in hertz and seconds, where there is a sample rate. */
  readonly physical: {
    /** Centre frequencies of the wavelets, in hertz. */
    readonly frequencies: readonly number[]
    /** Bandwidths of the wavelets, in hertz. */
    readonly bandwidths: readonly number[]
    /** In seconds, to either side. */
    readonly reach: number
  } | null
}

const TURN = 2 * Math.PI
/** Deviations at which a Gaussian has fallen to a thousandth. */
const THOUSANDTH = Math.sqrt(2 * Math.log(1000))

/** What bandwidth sampling keeps: deviations to either side of a modulus' wavelet, and of those that follow it. */
const KEPT = { own: 5, next: 4 }

/** The wavelets of one order, and the index among all filters of its first. */
export interface OrderBank {
  readonly psi: readonly Filter1d[]
  readonly first: number
}

/**
 * All paths to `maxOrder` whose octaves grow: j_m > j_{m−1} (kymatio's rule, to any order). `coarsest` limits the levels to those that
 * the grid has. Throws `ValueError` for more paths than can be served.
 */
export function signalPaths(
  options: CompleteOptions1d,
  banks: readonly OrderBank[],
  phi: Filter1d | null,
  coarsest: number,
): PathTree<Path1d> {
  const { maxOrder, sampleRate, averaged, log2Stride, sampling } = options
  const reachOf = ({ sigma }: Filter1d): number => THOUSANDTH / sigma
  const most = averaged === 'window' ? Math.min(coarsest, log2Stride) : coarsest
  const bankOf = (order: number): OrderBank => banks[Math.min(order, banks.length) - 1]
  const follows = ({ order, octaves }: Path1d): ((psi: Filter1d) => boolean) => {
    const last = octaves.at(-1) ?? -Infinity
    return ({ j }) => j > last || order === 0
  }
  const levelOf = (order: number, psi: Filter1d): number => {
    if (sampling === 'kymatio') return Math.min(psi.j, most)
    const next = order < maxOrder ? bankOf(order + 1).psi.filter(({ j }) => j > psi.j) : []
    const fastest = Math.max(0, ...next.map(({ xi, sigma }) => xi + KEPT.next * sigma))
    const band = Math.max(2 * KEPT.own * psi.sigma, 2 * fastest) / TURN
    return Math.max(0, Math.min(Math.floor(-Math.log2(band)), most))
  }
  return pathTree<Path1d>({
    empty: { wavelets: [], octaves: [], ...inUnits([], [], phi === null ? 0 : reachOf(phi), sampleRate) },
    maxOrder,
    countFrom: (path) => bankOf(path.order + 1).psi.filter(follows(path)).length,
    *from(path) {
      const { psi: bank, first } = bankOf(path.order + 1)
      const continues = follows(path)
      for (const [n, psi] of bank.entries()) {
        if (!continues(psi)) continue
        yield {
          wavelet: first + n,
          level: Math.max(path.level, levelOf(path.order + 1, psi)),
          path: {
            wavelets: [...path.wavelets, n],
            octaves: [...path.octaves, psi.j],
            ...inUnits(
              [...path.frequencies, psi.xi / TURN],
              [...path.bandwidths, psi.sigma / TURN],
              path.reach + reachOf(psi),
              sampleRate,
            ),
          },
        }
      }
    },
    fix: (order) => `lower \`maxOrder\` to ${order - 1}, or \`waveletsPerOctave\``,
  })
}

/** Frequencies and reach in samples and, with a sample rate, in hertz and seconds. */
export function inUnits(
  frequencies: readonly number[],
  bandwidths: readonly number[],
  reach: number,
  sampleRate: number | null,
): Pick<Path1d, 'frequencies' | 'bandwidths' | 'reach' | 'physical'> {
  const times = (list: readonly number[], by: number): number[] => list.map((v) => v * by)
  const physical =
    sampleRate === null
      ? null
      : {
          frequencies: times(frequencies, sampleRate),
          bandwidths: times(bandwidths, sampleRate),
          reach: reach / sampleRate,
        }
  return { frequencies, bandwidths, reach, physical }
}
