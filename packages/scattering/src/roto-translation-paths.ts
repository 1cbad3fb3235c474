// The paths of roto-translation scattering, and where they lie: for each scale, or pair of scales with their relative orientation, the
// low-pass and wavelets along scales follow each other, within each those along angles, and within each of these the windows of angle.
import { ValueError } from '@scatterlab/tensor'
import type { AngularBank, FilterBank1d, FilterBank2d } from '@scatterlab/wavelets'
import type { AnyPath } from './paths.ts'

/** One path of roto-translation scattering. Lists have one entry an order. */
export interface RotoTranslationPath extends AnyPath {
  /** Scale indices j; of the first order j1, of the second j1 and j2. */
  readonly scales: readonly number[]
  /** The scales j1 that are averaged over: that of the path alone, or with `scaleAveraging` all that have such a path. */
  readonly firstScales: readonly number[]
  /** Orientation of the second wavelet less that of the first, in radians, 0 to below π; null below the second order. */
  readonly relativeAngle: number | null
  /** Index of the wavelet along angles, the finest 0; null for the low-pass. */
  readonly angularScale: number | null
  /** Its centre frequency in cycles per turn; 0 of the low-pass. */
  readonly angularFrequency: number
  /** With `alongScales`: index of the wavelet along log-scale, positive frequencies first; null for the low-pass, and without. */
  readonly scaleWavelet: number | null
  /** Its centre frequency in cycles per octave of j1, positive or negative; 0 of the low-pass, and without. */
  readonly scaleFrequency: number
  /** Centre of the window of angles in radians; null for the mean over the turn. */
  readonly angle: number | null
  /** Centre frequencies of the wavelets in space, in cycles per pixel. */
  readonly frequencies: readonly number[]
  /** Their bandwidths: one standard deviation of the envelope in Fourier, in cycles per pixel. */
  readonly bandwidths: readonly number[]
}

/** Windows over the 2L angles of a turn: weights [Q][2L] that sum to 1, and the centre of each in radians. */
export interface AngularWindows {
  readonly weights: readonly Float64Array[]
  readonly centres: readonly (number | null)[]
}

/** Which filters a path has along its fibre; null is the low-pass, along scales also none. */
export interface FibreBand {
  readonly angular: number | null
  readonly scale: number | null
}

/**
 * The bands of a fibre. At the angular low-pass negative frequencies along scales are left out: of real images they give what the
 * positive ones give, half a turn on.
 */
export function fibreBands(angular: AngularBank, alongScales: FilterBank1d | null): FibreBand[] {
  const [angles, scales] = [angular.psi, alongScales?.psi ?? []].map((list) => [null, ...list.keys()])
  return scales.flatMap((scale) =>
    angles
      .filter((k) => k !== null || scale === null || alongScales!.psi[scale].xi > 0)
      .map((k) => ({ angular: k, scale })),
  )
}

/** The paths of one first scale. */
export interface ScaleNode {
  readonly scale: number
  readonly level: number
  /** Index of its first path; one for each band and window follows. */
  readonly first: number
  readonly children: readonly PairNode[]
}

/** The paths of a pair of scales: of the l-th relative orientation the first has the index `first` + l·B·Q. */
export interface PairNode {
  readonly scale: number
  readonly level: number
  readonly first: number
}

/** All paths, as a list and as they are computed. */
export interface RotoTranslationTree {
  readonly all: readonly RotoTranslationPath[]
  readonly scales: readonly ScaleNode[]
}

/** What paths are made of. */
export interface TreeParts {
  readonly bank: FilterBank2d
  readonly angular: AngularBank
  /** The wavelets along log-scale; null for none. */
  readonly alongScales: FilterBank1d | null
  readonly maxOrder: number
  readonly coarsest: number
  /** Windows of the second order, and of the first, whose functions have half the period. */
  readonly windows: AngularWindows
  readonly halfWindows: AngularWindows
}

/** The most paths of a transform. */
const MOST_PATHS = 2 ** 18

/**
 * All paths: 1 + J·B·Q₁ + P·L·B·Q₂, with B = 1 + K bands of K angular wavelets, Q windows, and P pairs of scales an octave or more apart.
 * With M wavelets of each sign along scales there are B = (1 + K)(1 + M) + K·M bands.
 * Throws `ValueError` for more paths than can be served.
 */
export function rotoTranslationTree(parts: TreeParts): RotoTranslationTree {
  const { bank, angular, alongScales, maxOrder, coarsest, windows, halfWindows } = parts
  const { scales: J, orientations: L, scalesPerOctave } = bank.options
  const bands = fibreBands(angular, alongScales)
  const gaps = Array.from({ length: J }, (_, j) => Math.max(0, J - j - scalesPerOctave))
  const pairs = maxOrder > 1 ? gaps.reduce((a, b) => a + b, 0) : 0
  const total = bands.length * (J * halfWindows.weights.length + pairs * L * windows.weights.length)
  if (total > MOST_PATHS)
    throw new ValueError(`there are ${total} paths, more than ${MOST_PATHS}: lower \`orientations\` or \`scales\``)
  const all: RotoTranslationPath[] = []
  const psiOf = (scale: number) => bank.psi[scale * L]
  const levelOf = (scale: number): number => Math.min(Math.floor(scale / scalesPerOctave), coarsest)
  const add = (
    parent: number,
    scales: readonly number[],
    relativeAngle: number | null,
    { centres }: AngularWindows,
    along: readonly FibreBand[],
  ): void => {
    for (const { angular: angularScale, scale: scaleWavelet } of along) {
      for (const angle of centres) {
        all.push({
          index: all.length,
          order: scales.length,
          parent,
          scales,
          firstScales: scales.slice(0, 1),
          relativeAngle,
          angularScale,
          angularFrequency: angularScale === null ? 0 : (angular.psi[angularScale].xi * L) / Math.PI,
          scaleWavelet,
          scaleFrequency:
            scaleWavelet === null ? 0 : (alongScales!.psi[scaleWavelet].xi * scalesPerOctave) / (2 * Math.PI),
          angle,
          frequencies: scales.map((j) => psiOf(j).xi / (2 * Math.PI)),
          bandwidths: scales.map((j) => 1 / (2 * Math.PI * psiOf(j).sigma)),
        })
      }
    }
  }
  add(-1, [], null, { weights: [], centres: [null] }, [{ angular: null, scale: null }])
  if (maxOrder === 0) return { all, scales: [] }
  const firsts = Array.from({ length: J }, (_, j) => {
    const first = all.length
    add(0, [j], null, halfWindows, bands)
    return first
  })
  const scales = firsts.map((first, j1) => {
    const children: PairNode[] = []
    for (let j2 = j1 + scalesPerOctave; j2 < J && maxOrder > 1; j2++) {
      children.push({ scale: j2, level: levelOf(j2), first: all.length })
      for (let l = 0; l < L; l++) add(first, [j1, j2], (l * Math.PI) / L, windows, bands)
    }
    return { scale: j1, level: levelOf(j1), first, children }
  })
  return { all, scales }
}

/**
 * The windows of `averaging` over 2L angles, or over the L angles of half a turn for functions that repeat there. `phi` is the angular
 * low-pass in Fourier. Windows stand at every 2^J_rot-th angle, or as far apart as divides the turn.
 */
export function angularWindows(
  averaging: 'global' | 'window' | 'none',
  phi: Float64Array,
  scales: number,
  isHalf: boolean,
): AngularWindows {
  const turn = phi.length
  if (averaging === 'global') return { weights: [new Float64Array(turn).fill(1 / turn)], centres: [null] }
  const all = averaging === 'none' ? turn : Math.max(1, Math.ceil(turn / 2 ** scales))
  const count = isHalf && all % 2 === 0 ? all / 2 : all
  const at = Array.from({ length: count }, (_, q) => (q * turn) / all)
  const windowAt = (centre: number): Float64Array =>
    Float64Array.from({ length: turn }, (_, theta) => {
      if (averaging === 'none') return theta === centre ? 1 : 0
      return phi.reduce(
        (sum, value, m) => sum + (value * Math.cos((2 * Math.PI * m * (theta - centre)) / turn)) / turn,
        0,
      )
    })
  return { weights: at.map(windowAt), centres: at.map((centre) => (2 * Math.PI * centre) / turn) }
}
