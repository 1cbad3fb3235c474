// What the banks of one axis share, whatever chose their frequencies: both spins, renormalisation, and that every wavelet fits its grid.
import { ValueError } from '@scatterlab/tensor'
import { checkAliased } from './aliased.ts'
import { type Filter1d, type FilterSettings, type LowPassShape, filter, multiplied } from './filter-1d.ts'
import { littlewoodPaley } from './littlewood-paley.ts'
import type { Gaussian } from './progression.ts'

/** A filter bank of one axis. */
export interface LineBank<Options> {
  /** What it was built from, defaults filled in. */
  readonly options: Required<Options>
  /** The grid as one row: [1, N]. */
  readonly grid: readonly [height: 1, width: number]
  /** The wavelets from the finest down; with both spins, all positive ones first. */
  readonly psi: readonly Filter1d[]
  /** The low-pass. */
  readonly phi: Filter1d
}

/** What the options of such a bank must say. */
interface Settings extends FilterSettings {
  readonly spins: 'positive' | 'both'
  readonly renormalise: 'none' | 'wavelets' | 'frame'
  readonly mostAliased: number
}

/** The bank of some wavelets of positive frequency and a low-pass. Throws `ValueError` for a wavelet that the grid cannot hold. */
export function lineBank<Options>(
  options: Required<Options>,
  settings: Settings,
  positive: readonly Gaussian[],
  lowPass: LowPassShape,
): LineBank<Options> {
  for (const at of positive) checkFits(at, settings.length)
  const wavelets = settings.spins === 'both' ? positive.concat(positive.map((at) => ({ ...at, xi: -at.xi }))) : positive
  const plain: LineBank<Options> = {
    options,
    grid: [1, settings.length],
    psi: wavelets.map((at) => filter(at, settings)),
    phi: filter(lowPass, settings),
  }
  checkAliased(plain.psi, settings.mostAliased)
  if (settings.renormalise === 'none') return plain
  const power = littlewoodPaley(plain)
  const oneSpin = settings.spins === 'both' ? power.largestWavelets : power.largestWavelets / 2
  const gain = 1 / Math.sqrt(settings.renormalise === 'frame' ? power.upper : oneSpin)
  const phi = settings.renormalise === 'frame' ? multiplied(plain.phi, gain) : plain.phi
  return { ...plain, psi: plain.psi.map((psi) => multiplied(psi, gain)), phi }
}

/** A long wavelet's Gaussian may fall between two frequencies of a short grid: nothing but rounding would be left of it. */
function checkFits({ xi, sigma }: Gaussian, length: number): void {
  const nearest = Math.max(1, Math.round(xi * length)) / length
  if (Math.exp(-((nearest - xi) ** 2) / (2 * sigma ** 2)) > 1e-6) return
  throw new ValueError(
    `the wavelet at ${(2 * Math.PI * xi).toPrecision(3)} radians per sample passes no frequency of a grid of ${length} samples: ` +
      `lower scales, or waveletsPerOctave, or lengthen the grid`,
  )
}
