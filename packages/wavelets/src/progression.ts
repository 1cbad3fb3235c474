// Centre frequencies and bandwidths of a 1-D bank, from the finest wavelet down: geometric while wavelets are short enough for the
// low-pass, then arithmetic (kymatio 0.4's `anden_generator`, after ScatNet). Frequencies in cycles per sample here, as in kymatio.

/** Centre ξ and deviation σ of a Gaussian in Fourier, in cycles per sample. */
export interface Gaussian {
  readonly xi: number
  readonly sigma: number
}

/** Bandwidths up to which subsampling counts a Gaussian: kymatio's α. */
const REACH = 5

/** ξ_max = max(1/(1 + 2^{3/Q}), 0.35): the centre of the finest wavelet. */
export const finestCentre = (Q: number): number => Math.max(1 / (1 + 2 ** (3 / Q)), 0.35)

/** σ = ξ·(1 − 2^{−1/Q})/(1 + 2^{−1/Q})/√(2 ln(1/r)): neighbours an octave's Q-th apart meet at the share r of their peaks. */
export function bandwidth(xi: number, Q: number, r: number): number {
  const step = 2 ** (-1 / Q)
  return (xi * (1 - step)) / (1 + step) / Math.sqrt(2 * Math.log(1 / r))
}

/**
 * The wavelets of a bank: ξ and σ fall by 2^{1/Q} until σ ≤ σ_min·2^{1/Q}; below that elbow Q − 1 wavelets of bandwidth σ_min go down
 * to zero in steps of ξ_elbow/Q.
 */
export function progression(finest: Gaussian, narrowest: number, Q: number): Gaussian[] {
  const wavelets: Gaussian[] = []
  let { xi, sigma } = finest
  const step = 2 ** (1 / Q)
  if (sigma <= narrowest) {
    xi = sigma
  } else {
    wavelets.push({ xi, sigma })
    while (sigma > narrowest * step) {
      xi /= step
      sigma /= step
      wavelets.push({ xi, sigma })
    }
  }
  const elbow = xi
  for (let q = 1; q < Q; q++) {
    xi -= (1 / Q) * elbow
    wavelets.push({ xi, sigma: narrowest })
  }
  return wavelets
}

/** ⌊−log₂ min(|ξ| + 5σ, ½)⌋ − 1: what passes such a filter may be kept at every 2^j-th sample. */
export const subsampling = ({ xi, sigma }: Gaussian): number =>
  Math.floor(-Math.log2(Math.min(Math.abs(xi) + REACH * sigma, 0.5))) - 1
