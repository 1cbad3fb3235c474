// How few coefficients hold a picture: its energy in order of size, and what is left out when only the largest are kept.
import { type Backend, type Tensor, abs, fft2, ifft2, random, scope, tensor } from '@scatterlab/tensor'
import type { OrthogonalWavelets, WaveletCoefficients, WaveletTransform } from '@scatterlab/wavelets'

/** A picture on its back end, [side, side]. */
export interface Square {
  readonly data: Float32Array
  readonly side: number
}

/** The picture without its mean. */
export function centred({ data, side }: Square): Square {
  const mean = data.reduce((sum, v) => sum + v, 0) / data.length
  return { data: data.map((v) => v - mean), side }
}

/** Energies of coefficients, the largest first. */
export const sorted = (energies: Float64Array): Float64Array => energies.toSorted().reverse()

/** Of pixels. */
export const pixelEnergies = ({ data }: Square): Float64Array => Float64Array.from(data, (v) => v * v)

/** Of the orthonormal Fourier basis: as many real numbers as pixels. */
export function fourierEnergies({ data, side }: Square, backend: Backend): Float64Array {
  const X = scope(() =>
    fft2(tensor(data, [side, side], { backend }))
      .asReal()
      .toTypedArray(),
  )
  const energies = new Float64Array(data.length)
  for (let k = 0; k < energies.length; k++) energies[k] = (X[2 * k] ** 2 + X[2 * k + 1] ** 2) / data.length
  return energies
}

/** Of an orthonormal wavelet basis. */
export const waveletEnergies = ({ data, side }: Square, W: OrthogonalWavelets, backend: Backend): Float64Array =>
  scope(() => Float64Array.from(joined(W.analyse(tensor(data, [side, side], { backend }))), (v) => v * v))

/** Of |x ⋆ ψ| at every pixel: many more coefficients than pixels. */
export const moduliEnergies = ({ data, side }: Square, W: WaveletTransform, backend: Backend): Float64Array =>
  scope(() =>
    Float64Array.from(abs(W.forward(tensor(data, [side, side], { backend })).psi).toTypedArray(), (v) => v * v),
  )

const joined = ({ details, approximation }: WaveletCoefficients): number[] =>
  [...details, approximation].flatMap((c) => Array.from(c.toTypedArray()))

/** The share of the coefficients that hold `share` of the energy. */
export function shareHolding(energies: Float64Array, share: number): number {
  const total = energies.reduce((sum, v) => sum + v, 0)
  let [held, count] = [0, 0]
  while (count < energies.length && held < share * total) held += energies[count++]
  return count / energies.length
}

/** ‖x − x_M‖ / ‖x‖ with the largest share of coefficients of an orthonormal basis kept, for several shares. */
export function errorsKeeping(energies: Float64Array, shares: readonly number[]): number[] {
  const rest = new Float64Array(energies.length + 1)
  for (let k = energies.length - 1; k >= 0; k--) rest[k] = rest[k + 1] + energies[k]
  return shares.map((share) => Math.sqrt(rest[Math.round(share * energies.length)] / rest[0]))
}

/** The picture from the largest share of its wavelet coefficients. */
export function keepingLargest(
  { data, side }: Square,
  W: OrthogonalWavelets,
  share: number,
  backend: Backend,
): Float32Array {
  return scope(() => {
    const coefficients = W.analyse(tensor(data, [side, side], { backend }))
    const sizes = sorted(Float64Array.from(joined(coefficients), Math.abs))
    const least = sizes[Math.round(share * sizes.length) - 1]
    const cut = (c: Tensor): Tensor =>
      tensor(
        Float32Array.from(c.toTypedArray(), (v) => (Math.abs(v) < least ? 0 : v)),
        c.shape,
        { backend },
      )
    const kept = { details: coefficients.details.map(cut), approximation: cut(coefficients.approximation) }
    return Float32Array.from(W.synthesise(kept).toTypedArray())
  })
}

/** Gaussian noise with the picture's own spectrum: the same second moments, no structure. */
export function withRandomPhases({ data, side }: Square, seed: number): Square {
  const noise = new Float64Array(data.length)
  random(seed).fillNormal(noise)
  return scope(() => {
    const [X, N] = [data, noise].map((values) =>
      fft2(tensor(Float64Array.from(values), [side, side]))
        .asReal()
        .toTypedArray(),
    )
    const turned = new Float64Array(2 * data.length)
    for (let k = 0; k < data.length; k++) {
      const gain = Math.hypot(X[2 * k], X[2 * k + 1]) / Math.hypot(N[2 * k], N[2 * k + 1])
      turned[2 * k] = gain * N[2 * k]
      turned[2 * k + 1] = gain * N[2 * k + 1]
    }
    const back = ifft2(tensor(turned, [side, side], { dtype: 'complex128' })).real.toTypedArray()
    return { data: Float32Array.from(back), side }
  })
}
