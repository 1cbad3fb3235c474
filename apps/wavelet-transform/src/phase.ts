// What the modulus removes: the phases of x ⋆ ψ. They carry where things are to less than a wavelength; the moduli of all wavelets
// together still hold the picture.
import { type Backend, type Tensor, abs, div, maximum, mul, norm, random, scope, sub, tensor } from '@scatterlab/tensor'
import type { WaveletTransform } from '@scatterlab/wavelets'
import type { Square } from './sparsity.ts'

/** How far Wx and |Wx| move when x moves, relative to ‖Wx‖, for the wavelets of one scale. */
export interface Moved {
  readonly field: number
  readonly modulus: number
}

/** Wx and |Wx| of a picture against those of the picture moved by `shift` pixels along its rows; wavelets `from` to `to`. */
export function moved(
  { data, side }: Square,
  W: WaveletTransform,
  shift: number,
  [from, to]: readonly [number, number],
  backend: Backend,
): Moved {
  const there = data.map((_, i) => data[i - (i % side) + (((i % side) - shift + side) % side)])
  return scope(() => {
    const [a, b] = [data, there].map((values) =>
      W.forward(tensor(values, [side, side], { backend })).psi.slice([from, to]),
    )
    const size = norm(abs(a)).item()
    return { field: norm(abs(sub(a, b))).item() / size, modulus: norm(sub(abs(a), abs(b))).item() / size }
  })
}

/** The picture from its moduli |x ⋆ ψ| with other phases: random ones; or from its phases, with all moduli 1. */
export function fromPart(
  { data, side }: Square,
  W: WaveletTransform,
  part: 'moduli' | 'phases',
  seed: number,
  backend: Backend,
): Float32Array {
  return scope(() => {
    const { psi, phi } = W.forward(tensor(data, [side, side], { backend }))
    const moduli = abs(psi)
    const zero = tensor(new Float32Array(side * side), [side, side], { backend })
    if (part === 'phases')
      return Float32Array.from(W.inverse({ psi: div(psi, maximum(moduli, TINY)), phi: zero }).toTypedArray())
    const angles = new Float32Array(psi.size)
    random(seed).fillUniform(angles)
    const turned = new Float32Array(2 * psi.size)
    angles.forEach((u, i) => {
      turned[2 * i] = Math.cos(2 * Math.PI * u)
      turned[2 * i + 1] = Math.sin(2 * Math.PI * u)
    })
    const unit = tensor(turned, psi.shape, { dtype: 'complex64', backend })
    return Float32Array.from(W.inverse({ psi: mul(unit, moduli), phi }).toTypedArray())
  })
}

const TINY = 1e-12

/**
 * The picture again from |x ⋆ ψ| and x ⋆ φ alone, from a random start: phases of Wy, moduli of Wx, and back, again and again (Griffin & Lim
 * 1984). `each` is called after every iteration with ‖ |Wy| − |Wx| ‖ / ‖Wx‖.
 */
export async function retrieved(
  { data, side }: Square,
  W: WaveletTransform,
  iterations: number,
  seed: number,
  backend: Backend,
  each: (misfit: number) => Promise<void> | void,
): Promise<Float32Array> {
  const picture = (values: Float32Array): Tensor => tensor(values, [side, side], { backend })
  const [known, low, shape] = scope(() => {
    const { psi, phi } = W.forward(picture(data))
    return [Float32Array.from(abs(psi).toTypedArray()), Float32Array.from(phi.toTypedArray()), psi.shape] as const
  })
  let y = new Float32Array(data.length)
  random(seed).fillNormal(y)
  for (let i = 0; i < iterations; i++) {
    const [next, misfit] = scope(() => {
      const moduli = tensor(known, shape, { backend })
      const { psi } = W.forward(picture(y))
      const size = abs(psi)
      const apart = norm(sub(size, moduli)).item() / norm(moduli).item()
      const projected = mul(psi, div(moduli, maximum(size, TINY)))
      return [Float32Array.from(W.inverse({ psi: projected, phi: picture(low) }).toTypedArray()), apart] as const
    })
    y = next
    await each(misfit)
  }
  return y
}

/** 10 log₁₀ of the range² over the mean square error, decibels, of a picture of range 1. */
export function psnr(x: Float32Array, y: Float32Array): number {
  let error = 0
  for (let i = 0; i < x.length; i++) error += (x[i] - y[i]) ** 2
  return -10 * Math.log10(error / x.length)
}
