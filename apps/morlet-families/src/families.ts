// The families of the slide, by two rules: what ScatNet's and kymatio's code takes, and what makes neighbours meet at half their power.
import type { FilterBankOptions } from '@scatterlab/wavelets'

/** J scales, C orientations in half a turn, Q scales an octave. */
export interface Family {
  readonly J: number
  readonly C: number
  readonly Q: number
}

/** How the shape of the mother wavelet follows from a family. */
export type ShapeRule = 'code' | 'matched'

/** The side of the grid on which A(ω) is compared: as the table of independent values has it. */
export const GRID = 64

/** The options of a family's bank. `code`: σ = σ_φ = 0.8, slant 4/C, whatever Q. */
export function bankOptions({ J, C, Q }: Family, rule: ShapeRule, side: number = GRID): FilterBankOptions {
  const bank = { shape: [side, side] as const, scales: J, orientations: C, scalesPerOctave: Q }
  return rule === 'code' ? bank : { ...bank, ...matched(C, Q) }
}

/**
 * Gaussians e^{−σ²ω²/2} that fall to √½ where they meet: the next scale, at the distance ξ·r from ξ with r = (1 − 2^{−1/Q})/(1 + 2^{−1/Q});
 * the next angle, at ξ·tan(π/2C); and φ, at ξ(1 − r) of the coarsest scale. Wavelets are more elongated when C grows or Q falls,
 * as the caption of the slide's figure says.
 */
export function matched(
  C: number,
  Q: number,
): Required<Pick<FilterBankOptions, 'xi' | 'sigma' | 'slant' | 'sigmaLowPass'>> {
  const step = 2 ** (-1 / Q)
  const r = (1 - step) / (1 + step)
  const xi = ((1 + step) * Math.PI) / 2
  const meeting = Math.sqrt(Math.LN2)
  return {
    xi,
    sigma: meeting / (xi * r),
    slant: Math.tan(Math.PI / (2 * C)) / r,
    sigmaLowPass: meeting / (xi * (1 - r)),
  }
}
