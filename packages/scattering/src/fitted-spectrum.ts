// A spectrum whose bands have given powers: where moments tell of bands only, and noise needs all frequencies.

/** Rounds after which the powers are met within a few parts in a thousand. */
const ROUNDS = 60

/**
 * Amplitudes |x̂|, in those of white noise of variance 1 on so many points, at each frequency of the half spectrum: 0 where no band reaches. `shares`
 * [frequencies, bands] says how much |x̂|² adds to each power. Of all spectra with these powers it is one near that of white noise, found by
 * steps that keep it positive (Lucy 1974).
 */
export function fittedSpectrum(points: number, shares: Float64Array, powers: readonly number[]): Float64Array {
  const bands = powers.length
  const seen = new Float64Array(shares.length / bands)
  shares.forEach((share, i) => (seen[Math.floor(i / bands)] += share))
  const spectrum = seen.map((all) => (all > 0 ? points : 0))
  for (let round = 0; round < ROUNDS; round++) {
    const now = new Float64Array(bands)
    for (let k = 0; k < spectrum.length; k++)
      for (let b = 0; b < bands; b++) now[b] += shares[k * bands + b] * spectrum[k]
    const ratios = now.map((power, b) => (power > 0 ? powers[b] / power : 0))
    for (let k = 0; k < spectrum.length; k++) {
      if (seen[k] === 0) continue
      let by = 0
      for (let b = 0; b < bands; b++) by += shares[k * bands + b] * ratios[b]
      spectrum[k] *= by / seen[k]
    }
  }
  return spectrum.map((power) => Math.sqrt(power / points))
}
