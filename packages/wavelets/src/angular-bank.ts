// Wavelets along the angle of an orientation fibre: periodic Morlets over the 2L angles of a whole turn, with their low-pass.
import { type Rules, ValueError, checkOptions, numberFrom, oneOf, wholeNumber } from '@scatterlab/tensor'
import { type LineBank, lineBank } from './line-bank.ts'

/** What a bank of angles is made of. Its grid is a whole turn: 2L samples, one every π/L. Frequencies are in radians per sample of angle. */
export interface AngularBankOptions {
  /** Number of orientations in half a turn L, 2 or more. */
  readonly orientations: number
  /** Number of scales J_rot: wavelets at ξ, ξ/2, … ξ/2^{J_rot−1}. At most log₂ 2L; default ⌈log₂ L⌉. */
  readonly scales?: number
  /** Centre frequency of the finest wavelet ξ, up to π. Default 0.7π. */
  readonly xi?: number
  /** Deviation of the finest wavelet's Gaussian in Fourier: σ_j = σ/2^j. Default 0.28π. */
  readonly sigma?: number
  /** Deviation of φ̂ for one sample: φ̂ has σ₀/2^{J_rot}. Default 0.2π: of 16 angles and J_rot = 3 all but the mean is left out. */
  readonly sigmaLowPass?: number
  /** `morlet` has zero mean exactly, `gabor` is not corrected. Default `morlet`. */
  readonly family?: 'morlet' | 'gabor'
  /**
   * `positive`: one sign of frequency, enough for real fibres, and for complex ones where the value at θ + π is the conjugate of that at θ.
   * `both`: then the other sign, in the same order. Default `positive`.
   */
  readonly spins?: 'positive' | 'both'
  /** As in `filterBank1d`. Default `none`: ℓ1 norm 1 along the angle. */
  readonly renormalise?: 'none' | 'wavelets' | 'frame'
  /** The most of a wavelet's energy that may lie beyond ±π, where the grid folds it back (`psi.aliased()`). Default 1: any. */
  readonly mostAliased?: number
  /** Values below this share of a filter's peak are left out of its support. Default 1e-17. */
  readonly threshold?: number
}

/** A filter bank over the 2L angles of a turn. */
export type AngularBank = LineBank<AngularBankOptions>

const rules: Rules<AngularBankOptions> = {
  orientations: wholeNumber(2, 2 ** 16),
  scales: wholeNumber(1),
  xi: numberFrom(1e-6, Math.PI),
  sigma: numberFrom(1e-3, 10),
  sigmaLowPass: numberFrom(1e-6, 10),
  family: oneOf('morlet', 'gabor'),
  spins: oneOf('positive', 'both'),
  renormalise: oneOf('none', 'wavelets', 'frame'),
  mostAliased: numberFrom(0, 1),
  threshold: numberFrom(0, 0.5),
}

/**
 * Builds the angular bank of a roto-translation scattering (Sifre & Mallat 2013, section 3; Oyallon & Mallat 2015): all aliases summed, so
 * that a turn by π/L moves what comes out by one sample, exactly. Throws `ValueError` for options out of range, naming the fix.
 */
export function angularBank(given: AngularBankOptions): AngularBank {
  const checked = checkOptions('angularBank', given, rules, ['orientations'])
  const { orientations } = checked
  const options = {
    scales: Math.ceil(Math.log2(orientations)),
    xi: 0.7 * Math.PI,
    sigma: 0.28 * Math.PI,
    sigmaLowPass: 0.2 * Math.PI,
    family: 'morlet' as const,
    spins: 'positive' as const,
    renormalise: 'none' as const,
    mostAliased: 1,
    threshold: 1e-17,
    ...checked,
  }
  const { scales } = options
  if (2 ** scales > 2 * orientations)
    throw new ValueError(
      `scales is ${scales}: 2^${scales} is more than the ${2 * orientations} angles of a turn, lower scales to ` +
        `${Math.floor(Math.log2(2 * orientations))}`,
    )
  const cycles = (radians: number, scale: number): number => radians / (2 * Math.PI) / 2 ** scale
  const wavelets = Array.from({ length: scales }, (_, j) => ({
    xi: cycles(options.xi, j),
    sigma: cycles(options.sigma, j),
  }))
  const lowPass = { xi: 0, sigma: cycles(options.sigmaLowPass, scales), averaging: 2 ** scales }
  return lineBank(options, { ...options, length: 2 * orientations, convention: 'exact' }, wavelets, lowPass)
}
