// How exactly the identities of the theory hold, measured on noise in double precision; and how alike two arrays are.
import { type Tensor, abs, max, mul, random, randomNormal, scope, sub, sum } from '@scatterlab/tensor'
import {
  type MorletPyramid,
  type OrthogonalWavelets,
  type WaveletTransform,
  waveletTransform,
} from '@scatterlab/wavelets'

/** The correlation of two real arrays of one shape. */
export function correlation(a: Tensor, b: Tensor): number {
  const [p, q] = [a, b].map((one) => Float64Array.from(one.toTypedArray()))
  const [mp, mq] = [p, q].map((values) => values.reduce((s, v) => s + v, 0) / values.length)
  let [pq, pp, qq] = [0, 0, 0]
  p.forEach((v, i) => {
    pq += (v - mp) * (q[i] - mq)
    pp += (v - mp) ** 2
    qq += (q[i] - mq) ** 2
  })
  return pq / Math.sqrt(pp * qq)
}

/** The farthest that a cascade of noise is from x ⋆ ψ_j at the pixels it keeps, in double precision. */
export function againstEquivalents(pyramid: MorletPyramid, seed: number): number {
  const { shape, orientations } = pyramid.options
  const [height, width] = shape
  return scope(() => {
    const x = randomNormal([height, width], random(seed), { dtype: 'float64' })
    const { psi } = waveletTransform(pyramid).forward(x)
    const farthest = pyramid.analyse(x).details.map((detail, j) => {
      const kept = psi.slice([j * orientations, (j + 1) * orientations], [0, height, 2 ** j], [0, width, 2 ** j])
      return max(abs(sub(detail, kept))).item()
    })
    return Math.max(...farthest)
  })
}

/** |⟨Wx, y⟩/⟨x, W*y⟩ − 1| of images of 64×64. */
export function adjointMismatch(W: WaveletTransform, seed: number): number {
  return scope(() => {
    const stream = random(seed)
    const noise = (of: readonly number[]): Tensor => randomNormal(of, stream, { dtype: 'float64' })
    const x = noise([64, 64])
    const Wx = W.forward(x)
    const y = { psi: W.forward(noise([64, 64])).psi, phi: noise([64, 64]) }
    const left = sum(mul(Wx.psi.asReal(), y.psi.asReal())).item() + sum(mul(Wx.phi, y.phi)).item()
    return Math.abs(left / sum(mul(x, W.adjoint(y))).item() - 1)
  })
}

/** The farthest that noise is from its synthesis, in double precision. */
export function reconstructionError(W: OrthogonalWavelets, seed: number): number {
  return scope(() => {
    const x = randomNormal(W.options.shape, random(seed), { dtype: 'float64' })
    return max(abs(sub(W.synthesise(W.analyse(x)), x))).item()
  })
}
