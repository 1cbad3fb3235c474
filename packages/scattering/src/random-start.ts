// White noise that begins an inversion: of the mean and about the energy that coefficients tell of.
import { random, sizeOf } from '@scatterlab/tensor'

/** What the noise is made for. */
export interface StartOptions {
  readonly paths: readonly { readonly order: number }[]
  /** Numbers of one path. */
  readonly own: number
  readonly inputShape: readonly number[]
  readonly batch: readonly number[]
  readonly seed: number
}

/**
 * Noise [batch, input], flat, for coefficients [batch, paths, own]. Its mean is that of order 0; its variance is Σ_λ E|x ⋆ ψ_λ|², of which
 * order 1 tells E|x ⋆ ψ_λ| only: 4/π of its square, as for Gaussian noise.
 */
export function randomStart(S: Float64Array, { paths, own, inputShape, batch, seed }: StartOptions): Float64Array {
  const pixels = sizeOf(inputShape)
  const count = sizeOf(batch)
  const noise = random(seed).fillNormal(new Float64Array(count * pixels)) as Float64Array
  for (let i = 0; i < count; i++) {
    let mean = 0
    let variance = 0
    paths.forEach(({ order }, p) => {
      const from = (i * paths.length + p) * own
      const numbers = S.subarray(from, from + own)
      const average = numbers.reduce((sum, v) => sum + v, 0) / own
      if (order === 0) mean = average
      if (order === 1) variance += (4 / Math.PI) * (numbers.reduce((sum, v) => sum + v * v, 0) / own)
    })
    const deviation = Math.sqrt(variance)
    for (let k = i * pixels; k < (i + 1) * pixels; k++) noise[k] = mean + deviation * noise[k]
  }
  return noise
}
