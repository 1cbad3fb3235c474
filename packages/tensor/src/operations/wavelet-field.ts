// A wavelet transform that keeps its phase, z = x ⋆ ψ at every so many-th sample, and its adjoint: for convolutions along fibres, which
// come before the modulus. `waveletModulus` takes the modulus at once.
import type { View } from '../backend/backend.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { linesDft as dft } from '../fourier/dft.ts'
import { clear, forEachFrequency } from './periodise.ts'
import { filteredField } from './scattering.ts'
import { checkWavelet } from './scattering-shapes.ts'
import { type Factors, type SpectralFilter, factorsOf } from './spectral-filter.ts'
import { store } from './store.ts'

/**
 * z = F⁻¹ periodise(x̂·ψ̂): xhat the half spectrum of a real field, as `spectrum` gives it; out complex [n, height, width], the inverse DFT
 * (normalised) at every so many-th sample.
 */
export const waveletField: Operation<
  [xhat: View, psi: SpectralFilter, factor: number | Factors, out: View],
  [xhat: View, psi: SpectralFilter, factors: Factors, out: View]
> = operation('waveletField', {
  prepare(xhat, psi, factor, out) {
    const factors = factorsOf(factor)
    checkWavelet(xhat, psi, factors, out)
    return [xhat, psi, factors, out]
  },
  reference(xhat, psi, factors, out) {
    const [, height, width] = out.shape
    const { re, im } = filteredField(xhat, psi, factors, height, width)
    store(re, im, out, 1 / (height * width * factors[0] * factors[1]))
  },
})

/** Adjoint of `waveletField`, from g of its result's shape to out of its spectrum's; adds to it with `accumulate`. */
export const waveletFieldAdjoint: Operation<
  [g: View, psi: SpectralFilter, factor: number | Factors, out: View, accumulate?: boolean],
  [g: View, psi: SpectralFilter, factors: Factors, out: View, accumulate: boolean]
> = operation('waveletFieldAdjoint', {
  prepare(g, psi, factor, out, accumulate = false) {
    const factors = factorsOf(factor)
    checkWavelet(out, psi, factors, g)
    return [g, psi, factors, out, accumulate]
  },
  reference(g, psi, factors, out, accumulate) {
    if (!accumulate) clear(out)
    const [n, height, width] = g.shape
    const from = dataOf(g.buffer)
    const to = dataOf(out.buffer)
    const re = new Float64Array(height * width * n)
    const im = new Float64Array(height * width * n)
    const scale = 1 / (height * width * factors[0] * factors[1])
    for (let y = 0, at = 0; y < height; y++) {
      for (let u = 0; u < width; u++) {
        let source = g.offset + y * g.strides[1] + u * g.strides[2]
        for (let i = 0; i < n; i++, at++, source += g.strides[0]) {
          re[at] = scale * from[source]
          im[at] = scale * from[source + g.imagStride]
        }
      }
    }
    const alongRow = dft(width)
    for (let y = 0; y < height; y++) alongRow.transform(re, im, -1, n, y * width * n)
    dft(height).transform(re, im, -1, width * n)
    forEachFrequency(out, psi, factors, height, width, (weight, stored, sign, ky, kx) => {
      let target = stored
      for (let i = 0, at = (ky * width + kx) * n; i < n; i++, at++, target += out.strides[0]) {
        to[target] += weight * re[at]
        to[target + out.imagStride] += sign * weight * im[at]
      }
    })
  },
})
